"""Account actions: what an audit row and its event say. Pure."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from contracts.events import AccountAction, AccountActionKind, ActionReason, FraudAlert, FraudRule
from jobs.account_freezer.policy import FROZEN, Account, Decision

COMPONENT = "account-freezer"
_ID_DIGITS = 32


@dataclass(frozen=True)
class Analyst:
    """Who acts, when, and why in words."""

    name: str
    note: str
    now: datetime


def action_id(subject: str, action: AccountActionKind) -> str:
    """Return 32 hex digits of SHA-256 over `action|subject`: one id for one action on one alert."""
    return sha256(f"{action.value}|{subject}".encode()).hexdigest()[:_ID_DIGITS]


def answer(alert: FraudAlert, account: Account | None, decision: Decision, now: datetime) -> AccountAction:
    """What the freezer did about an alert."""
    before = account.status if account else None
    return AccountAction(
        event_id=action_id(alert.event_id, decision.action),
        event_time_ms=milliseconds(now),
        schema_version=AccountAction.current_schema_version,
        action=decision.action,
        reason=decision.reason,
        msisdn=alert.msisdn,
        account_id=account.account_id if account else None,
        alert_id=alert.event_id,
        rule=alert.rule,
        actor=COMPONENT,
        status_before=before,
        status_after=FROZEN if decision.action is AccountActionKind.FREEZE else before,
    )


def false_positive(analyst: Analyst, answered: AccountAction) -> AccountAction:
    """The alert behind `answered` was wrong. This does not change the account's status."""
    return _by_analyst(analyst, AccountActionKind.FALSE_POSITIVE, answered.alert_id, answered.rule).model_copy(
        update={"msisdn": answered.msisdn, "account_id": answered.account_id}
    )


def unfreeze(
    analyst: Analyst, msisdn: str, account: Account, status_after: str, freeze: AccountAction | None
) -> AccountAction:
    """The account works again. `freeze` is the action that froze it; None if the freezer did not do it."""
    alert_id, rule = (freeze.alert_id, freeze.rule) if freeze else (None, None)
    return _by_analyst(analyst, AccountActionKind.UNFREEZE, alert_id, rule).model_copy(
        update={
            "msisdn": msisdn,
            "account_id": account.account_id,
            "status_before": account.status,
            "status_after": status_after,
        }
    )


def _by_analyst(
    analyst: Analyst, kind: AccountActionKind, alert_id: str | None, rule: FraudRule | None
) -> AccountAction:
    at = milliseconds(analyst.now)
    return AccountAction(
        event_id=action_id(alert_id or f"{analyst.name}/{at}", kind),
        event_time_ms=at,
        schema_version=AccountAction.current_schema_version,
        action=kind,
        reason=ActionReason.ANALYST,
        msisdn="",
        alert_id=alert_id,
        rule=rule,
        actor=analyst.name,
        note=analyst.note,
    )


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return int(moment.timestamp() * 1000)
