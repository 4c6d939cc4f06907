"""What a stage may be in for a while, and is broken in for longer. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.plan.stage_report import StageReport

# Reasons of a child that only mean trouble when they last: a Flink job that restarts after a failure, or whose operator
# does not know its state, as after a restart of either.
WINDOWS: Mapping[str, timedelta] = {"Restarting": timedelta(minutes=2), "Reconciling": timedelta(minutes=5)}


def out_of_patience(
    reports: Sequence[StageReport], previous: Mapping[str, Any], now: datetime
) -> tuple[StageReport, ...]:
    """Reports in which a stage that stayed in such a state beyond its window has failed; `previous` is the status."""
    before = {stage["name"]: stage for stage in previous.get("stages", ())}
    return tuple(
        replace(report, state=State.FAILED) if _is_over(report, before.get(report.stage, {}), now) else report
        for report in reports
    )


def _is_over(report: StageReport, before: Mapping[str, Any], now: datetime) -> bool:
    window = WINDOWS.get(report.reason)
    if window is None or report.state is not State.PROGRESSING or before.get("reason") != report.reason:
        return False
    since = datetime.fromisoformat(before["lastTransitionTime"])
    return before["state"] == State.FAILED or now - since > window
