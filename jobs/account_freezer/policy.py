"""Whether an alert freezes its account. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.account_freezer_settings import FreezePolicy
from contracts.events import AccountActionKind, ActionReason, AlertSeverity, FraudAlert

ACTIVE = "active"
CLOSED = "closed"
FROZEN = "frozen"

_SEVERITY_ORDER = tuple(AlertSeverity)


@dataclass(frozen=True)
class Account:
    """An account as the CRM has it."""

    account_id: str
    status: str


@dataclass(frozen=True)
class Case:
    """All that a decision looks at. The times are those of the newest such action for the alert's subscriber."""

    alert: FraudAlert
    account: Account | None
    now: datetime
    unfrozen_at: datetime | None = None
    false_positive_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """`freeze` or `keep`, and why."""

    action: AccountActionKind
    reason: ActionReason


def decide(case: Case, policy: FreezePolicy) -> Decision:
    """Freeze unless something stands against it; of several objections, name the first in the list."""
    for reason, stands in _OBJECTIONS:
        if stands(case, policy):
            return Decision(AccountActionKind.KEEP, reason)
    return Decision(AccountActionKind.FREEZE, ActionReason.POLICY)


def _is_below_severity(case: Case, policy: FreezePolicy) -> bool:
    return _SEVERITY_ORDER.index(case.alert.severity) < _SEVERITY_ORDER.index(policy.min_severity)


def _has_status(status: str) -> "Objection":
    return lambda case, _: case.account is not None and case.account.status == status


def _is_within(moment: datetime | None, seconds: int, now: datetime) -> bool:
    return moment is not None and now < moment + timedelta(seconds=seconds)


Objection = Callable[[Case, FreezePolicy], bool]

_OBJECTIONS: tuple[tuple[ActionReason, Objection], ...] = (
    (ActionReason.RULE_DISABLED, lambda case, policy: case.alert.rule not in policy.rules),
    (ActionReason.BELOW_SEVERITY, _is_below_severity),
    (ActionReason.ALLOW_LISTED, lambda case, policy: case.alert.msisdn in policy.allowed_msisdns),
    (ActionReason.NO_ACCOUNT, lambda case, _: case.account is None),
    (ActionReason.ACCOUNT_CLOSED, _has_status(CLOSED)),
    (ActionReason.ALREADY_FROZEN, _has_status(FROZEN)),
    (
        ActionReason.FALSE_POSITIVE_COOLDOWN,
        lambda case, policy: _is_within(case.false_positive_at, policy.false_positive_cooldown_seconds, case.now),
    ),
    (ActionReason.COOLDOWN, lambda case, policy: _is_within(case.unfrozen_at, policy.cooldown_seconds, case.now)),
    # Last, so that a dry run shows exactly what would have been frozen.
    (ActionReason.DRY_RUN, lambda _, policy: policy.is_dry_run),
)
