"""What the reports of the stages mean for an upgrade, and the policy by which it is judged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan.stage_report import SETTLED, StageReport, name_of
from operators.telecom_pipeline.upgrade.progress import Evidence, Policy
from operators.telecom_pipeline.upgrade.record import StepAction, StepState, UpgradeStep


def evidence_of(reports: Sequence[StageReport], seen: Mapping[Ref, object], no_way_back: str) -> Evidence:
    """Evidence after a pass; `seen` are the children before it, so that one which is being deleted still counts."""
    by_stage = {report.stage: report for report in reports}
    unsettled = [report for report in reports if report.state not in SETTLED]
    names = frozenset(map(name_of, seen))

    def is_settled(step: UpgradeStep) -> bool:
        return by_stage[step.stage] not in unsettled and not (_removes(step) and names.intersection(step.children))

    def obstacle(step: UpgradeStep) -> str:
        report = by_stage[step.stage]
        blockers = [report] if report in unsettled else unsettled
        left = sorted(names.intersection(step.children)) if _removes(step) else []
        return "; ".join(
            [*(f"{each.stage}: {each.text}" for each in blockers), *(f"{name} still exists" for name in left)]
        )

    return Evidence(is_settled, not unsettled, obstacle, no_way_back)


def policy_of(pipeline: Pipeline, status: Mapping[str, Any], now: datetime) -> Policy:
    """Policy of the spec. The clock of a step starts again when the operator is allowed to act again."""
    written = pipeline.spec.upgrade
    paused = next((each for each in status.get("conditions", ()) if each["type"] == "Paused"), None)
    was_paused = paused is not None and paused["status"] == "True"
    since = now if was_paused else datetime.fromisoformat(paused["lastTransitionTime"]) if paused else None
    return Policy(written.step_timeout_seconds, written.automatic_rollback, since)


def _removes(step: UpgradeStep) -> bool:
    return step.action is StepAction.REMOVE and step.state is not StepState.ROLLING_BACK
