"""States that a stage may be in for a while, and that count as a failure when they last longer. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.plan.stage_report import StageReport

# How long each reason is tolerated: a Flink job that restarts after a failure, and one whose state its operator does
# not know, as after a restart of either of them.
TOLERANCES: Mapping[str, timedelta] = {"Restarting": timedelta(minutes=2), "Reconciling": timedelta(minutes=5)}


def fail_overdue(reports: Sequence[StageReport], previous: Mapping[str, Any], now: datetime) -> tuple[StageReport, ...]:
    """The reports, in which a stage that stayed in such a state too long has failed; `previous` is the last status."""
    before = {stage["name"]: stage for stage in previous.get("stages", ())}
    return tuple(
        replace(report, state=State.FAILED) if _is_overdue(report, before.get(report.stage, {}), now) else report
        for report in reports
    )


def _is_overdue(report: StageReport, before: Mapping[str, Any], now: datetime) -> bool:
    tolerance = TOLERANCES.get(report.reason)
    if tolerance is None or report.state is not State.PROGRESSING or before.get("reason") != report.reason:
        return False
    since = datetime.fromisoformat(before["lastTransitionTime"])
    return before["state"] == State.FAILED or now - since > tolerance
