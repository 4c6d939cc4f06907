"""Conditions from the reports of the stages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from operators.telecom_pipeline.children.apply_failure import APPLY_FAILED
from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan.stage_report import SETTLED, StageReport
from operators.telecom_pipeline.status.model import Condition, ConditionType, Reason
from operators.telecom_pipeline.upgrade.record import Upgrade, UpgradeState
from operators.telecom_pipeline.validate import Problem

_UPGRADE_REASONS = {
    UpgradeState.RUNNING: Reason.UPGRADE_RUNNING,
    UpgradeState.STALLED: Reason.UPGRADE_STALLED,
    UpgradeState.ROLLING_BACK: Reason.ROLLING_BACK,
    UpgradeState.ROLLED_BACK: Reason.ROLLED_BACK,
    UpgradeState.COMPLETED: Reason.UP_TO_DATE,
}

_Word = Literal["True", "False", "Unknown"]
_WORDS: Mapping[bool | None, _Word] = {True: "True", False: "False", None: "Unknown"}


@dataclass(frozen=True)
class Verdict:
    """A condition before it has a time; `holds` is None where it is unknown."""

    type: ConditionType
    holds: bool | None
    reason: Reason
    message: str


def judge(
    pipeline: Pipeline,
    reports: Sequence[StageReport],
    problems: Sequence[Problem],
    upgrade: Upgrade | None = None,
    has_pending_changes: bool = False,
) -> tuple[Verdict, ...]:
    """Conditions of a running pipeline.

    `problems` are those of a spec that is not followed; `has_pending_changes` if a dry run found something to do.
    """
    unsettled = [report for report in reports if report.state not in SETTLED]
    failed = [report for report in reports if report.state is State.FAILED]
    return (
        _ready(pipeline, unsettled, problems, upgrade, has_pending_changes),
        _progressing(pipeline, unsettled, failed, upgrade),
        _degraded(failed, problems, upgrade),
        paused_verdict(pipeline.spec.paused, pipeline.is_dry_run),
        upgrading_verdict(upgrade),
    )


def judge_invalid(problems: Sequence[Problem]) -> tuple[Verdict, ...]:
    """Conditions of a pipeline that never had a valid spec."""
    text = problems_text(problems)
    return (
        Verdict(ConditionType.READY, False, Reason.INVALID_SPEC, text),
        Verdict(ConditionType.PROGRESSING, False, Reason.INVALID_SPEC, "nothing is done until the spec is valid"),
        Verdict(ConditionType.DEGRADED, True, Reason.INVALID_SPEC, text),
        paused_verdict(False),
        upgrading_verdict(None),
    )


def judge_deletion(message: str, is_paused: bool) -> tuple[Verdict, ...]:
    """Conditions of a pipeline that is being deleted; `message` says what the deletion waits for."""
    return (
        Verdict(ConditionType.READY, False, Reason.DELETING, message),
        Verdict(ConditionType.PROGRESSING, True, Reason.DELETING, message),
        Verdict(ConditionType.DEGRADED, False, Reason.DELETING, ""),
        paused_verdict(is_paused),
        upgrading_verdict(None),
    )


def paused_verdict(is_paused: bool, is_dry_run: bool = False) -> Verdict:
    """Whether the operator leaves the pipeline alone."""
    if is_dry_run:
        text = "spec.mode is DryRun: nothing is changed, status.dryRun says what would be done"
        return Verdict(ConditionType.PAUSED, True, Reason.DRY_RUN, text)
    if is_paused:
        return Verdict(ConditionType.PAUSED, True, Reason.PAUSED_BY_SPEC, "spec.paused is true: nothing is changed")
    return Verdict(ConditionType.PAUSED, False, Reason.NOT_PAUSED, "")


def upgrading_verdict(upgrade: Upgrade | None) -> Verdict:
    """Whether the pipeline is on its way from one revision of its spec to another."""
    if upgrade is None or not upgrade.is_underway:
        text = f"revision {upgrade.to_revision} was rolled back" if upgrade and upgrade.is_going_back else ""
        reason = Reason.ROLLED_BACK if text else Reason.UP_TO_DATE
        return Verdict(ConditionType.UPGRADING, False, reason, text)
    return Verdict(ConditionType.UPGRADING, True, _UPGRADE_REASONS[upgrade.state], upgrade.text)


def problems_text(problems: Iterable[Problem]) -> str:
    """All problems as one message."""
    return "; ".join(map(str, problems))


def _ready(
    pipeline: Pipeline,
    unsettled: Sequence[StageReport],
    problems: Sequence[Problem],
    upgrade: Upgrade | None,
    has_pending_changes: bool,
) -> Verdict:
    if problems:
        return Verdict(ConditionType.READY, False, Reason.INVALID_SPEC, problems_text(problems))
    if upgrade is not None and upgrade.is_going_back:
        return Verdict(ConditionType.READY, False, _UPGRADE_REASONS[upgrade.state], upgrade.text)
    if unsettled:
        return Verdict(ConditionType.READY, False, Reason.STAGES_NOT_READY, _sentences(unsettled))
    if upgrade is not None and upgrade.is_underway:
        return Verdict(ConditionType.READY, False, _UPGRADE_REASONS[upgrade.state], upgrade.text)
    if has_pending_changes:
        return Verdict(ConditionType.READY, False, Reason.DRY_RUN, "the spec is not applied: spec.mode is DryRun")
    if pipeline.is_suspended:
        return Verdict(ConditionType.READY, False, Reason.SUSPENDED, "spec.desiredState is Suspended")
    return Verdict(ConditionType.READY, True, Reason.ALL_STAGES_READY, "")


def _progressing(
    pipeline: Pipeline,
    unsettled: Sequence[StageReport],
    failed: Sequence[StageReport],
    upgrade: Upgrade | None,
) -> Verdict:
    moving = [report for report in unsettled if report not in failed]
    if pipeline.spec.paused:
        return Verdict(ConditionType.PROGRESSING, False, Reason.PAUSED_BY_SPEC, "")
    if pipeline.is_dry_run:
        return Verdict(ConditionType.PROGRESSING, False, Reason.DRY_RUN, "")
    if moving:
        return Verdict(ConditionType.PROGRESSING, True, Reason.STAGE_STARTING, _sentences(moving))
    if upgrade is not None and upgrade.is_underway:
        return Verdict(ConditionType.PROGRESSING, True, _UPGRADE_REASONS[upgrade.state], upgrade.text)
    return Verdict(ConditionType.PROGRESSING, False, Reason.SETTLED, "")


def _degraded(failed: Sequence[StageReport], problems: Sequence[Problem], upgrade: Upgrade | None) -> Verdict:
    if problems:
        text = f"the last valid spec is kept running; {problems_text(problems)}"
        return Verdict(ConditionType.DEGRADED, True, Reason.INVALID_SPEC, text)
    if upgrade is not None and upgrade.message:
        return Verdict(ConditionType.DEGRADED, True, _UPGRADE_REASONS[upgrade.state], upgrade.text)
    if failed:
        is_refused = any(report.reason == APPLY_FAILED for report in failed)
        reason = Reason.APPLY_FAILED if is_refused else Reason.CHILD_FAILED
        return Verdict(ConditionType.DEGRADED, True, reason, _sentences(failed))
    return Verdict(ConditionType.DEGRADED, False, Reason.HEALTHY, "")


def _sentences(reports: Iterable[StageReport]) -> str:
    return "; ".join(f"{report.stage}: {report.text}" for report in reports)


def stamp(verdicts: Iterable[Verdict], generation: int, previous: Mapping[str, Any], now: str) -> list[Condition]:
    """Conditions with their times: the previous time while the status stays the same."""
    before = {condition["type"]: condition for condition in previous.get("conditions", [])}
    return [_stamped(verdict, generation, before.get(verdict.type, {}), now) for verdict in verdicts]


def _stamped(verdict: Verdict, generation: int, before: Mapping[str, Any], now: str) -> Condition:
    status = _WORDS[verdict.holds]
    is_same = before.get("status") == status
    return Condition(
        type=verdict.type,
        status=status,
        reason=verdict.reason,
        message=verdict.message,
        observed_generation=generation,
        last_transition_time=before["lastTransitionTime"] if is_same else now,
    )
