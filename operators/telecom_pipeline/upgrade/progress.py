"""Takes an upgrade one step further. At most one step is under way, in either direction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.upgrade.record import (
    APPLIED,
    StepState,
    Upgrade,
    UpgradeState,
    UpgradeStep,
)


@dataclass(frozen=True)
class Policy:
    """When a step has failed and what follows. `clock_starts_at` is the time from which the operator may act."""

    step_timeout_seconds: float
    rolls_back: bool
    clock_starts_at: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """What the cluster shows after a pass: whether a step `is_settled`, and the `obstacle` of one that is not.

    `no_way_back` says what cannot be undone of the steps taken so far; empty if everything can.
    """

    is_settled: Callable[[UpgradeStep], bool]
    is_all_settled: bool
    obstacle: Callable[[UpgradeStep], str]
    no_way_back: str = ""


def begin(upgrade: Upgrade, now: datetime) -> Upgrade:
    """Start the next step if none is under way. It has to be recorded before anything is applied."""
    if not upgrade.is_underway or upgrade.active_step:
        return upgrade
    step = _next_back(upgrade) if upgrade.is_going_back else _next_pending(upgrade)
    if step is None:
        return _ended(upgrade)
    return upgrade.with_step(
        step, StepState.ROLLING_BACK if upgrade.is_going_back else StepState.RUNNING, timestamp(now)
    )


def judge(upgrade: Upgrade, evidence: Evidence, policy: Policy, now: datetime) -> Upgrade:
    """Decide, after a pass that applied its stage, whether the step under way is done or has failed."""
    step = upgrade.active_step
    if not upgrade.is_underway or step is None:
        return upgrade
    if upgrade.is_going_back:
        return _judge_back(upgrade, step, evidence, policy, now)
    is_last = _next_pending(upgrade) is None
    if evidence.is_settled(step) and (evidence.is_all_settled or not is_last):
        going_on = upgrade.with_step(step, StepState.DONE).in_state(UpgradeState.RUNNING, "")
        return _ended(going_on) if is_last else going_on
    if not _is_late(step, policy, now):
        return upgrade
    return _failed(upgrade, step, evidence, policy)


def _judge_back(upgrade: Upgrade, step: UpgradeStep, evidence: Evidence, policy: Policy, now: datetime) -> Upgrade:
    """A rollback step that is not ready in time must not keep the others from being rolled back."""
    if evidence.is_settled(step):
        rolled = upgrade.with_step(step, StepState.ROLLED_BACK)
    elif _is_late(step, policy, now):
        rolled = upgrade.with_step(step, StepState.ROLLBACK_FAILED)
    else:
        return upgrade
    return rolled if _next_back(rolled) else _ended(rolled)


def _failed(upgrade: Upgrade, step: UpgradeStep, evidence: Evidence, policy: Policy) -> Upgrade:
    text = f"step {step.stage} was not ready within {policy.step_timeout_seconds:g} s: {evidence.obstacle(step)}"
    failed = upgrade.with_step(step, StepState.FAILED)
    if evidence.no_way_back:
        return failed.in_state(UpgradeState.STALLED, f"{text}; a rollback is impossible: {evidence.no_way_back}")
    if not policy.rolls_back:
        return failed.in_state(UpgradeState.STALLED, f"{text}; spec.upgrade.automaticRollback is false")
    return failed.in_state(UpgradeState.ROLLING_BACK, text)


def _ended(upgrade: Upgrade) -> Upgrade:
    return upgrade.in_state(UpgradeState.ROLLED_BACK if upgrade.is_going_back else UpgradeState.COMPLETED)


def _next_pending(upgrade: Upgrade) -> UpgradeStep | None:
    return next((step for step in upgrade.steps if step.state is StepState.PENDING), None)


def _next_back(upgrade: Upgrade) -> UpgradeStep | None:
    """The last one first, so that what failed is undone before what it builds on."""
    return next((step for step in reversed(upgrade.steps) if step.state in APPLIED or step.is_held), None)


def _is_late(step: UpgradeStep, policy: Policy, now: datetime) -> bool:
    if step.started_at is None:
        return False
    started = datetime.fromisoformat(step.started_at)
    since = max(started, policy.clock_starts_at) if policy.clock_starts_at else started
    return now - since > timedelta(seconds=policy.step_timeout_seconds)
