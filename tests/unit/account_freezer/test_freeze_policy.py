"""The policy freezes what it is told to and names why it keeps the rest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alert_samples import MSISDN, NOW, alert_of, policy_of

from contracts.events import AccountActionKind, ActionReason, AlertSeverity, FraudRule
from jobs.account_freezer.policy import Account, Case, decide

ACCOUNT = Account("ACC-1", "active")
CASE = Case(alert_of(), ACCOUNT, NOW)


def test_a_critical_alert_freezes_an_active_account() -> None:
    decision = decide(CASE, policy_of())
    assert (decision.action, decision.reason) == (AccountActionKind.FREEZE, ActionReason.POLICY)


def test_a_suspended_account_is_frozen_too() -> None:
    assert decide(replace(CASE, account=Account("ACC-1", "suspended")), policy_of()).action is AccountActionKind.FREEZE


@pytest.mark.parametrize("severity", AlertSeverity)
def test_an_alert_freezes_from_the_least_severity_on(severity: AlertSeverity) -> None:
    case = replace(CASE, alert=alert_of(severity=severity))
    freezes = decide(case, policy_of(min_severity=AlertSeverity.HIGH)).action is AccountActionKind.FREEZE
    assert freezes is (severity in (AlertSeverity.HIGH, AlertSeverity.CRITICAL))


@pytest.mark.parametrize(
    ("case", "policy", "reason"),
    [
        ({}, {"rules": (FraudRule.IRSF,)}, ActionReason.RULE_DISABLED),
        ({"alert": alert_of(severity="low")}, {}, ActionReason.BELOW_SEVERITY),
        ({}, {"allowed_msisdns": (MSISDN,)}, ActionReason.ALLOW_LISTED),
        ({"account": None}, {}, ActionReason.NO_ACCOUNT),
        ({"account": Account("ACC-1", "closed")}, {}, ActionReason.ACCOUNT_CLOSED),
        ({"account": Account("ACC-1", "frozen")}, {}, ActionReason.ALREADY_FROZEN),
        ({"false_positive_at": NOW - timedelta(hours=23)}, {}, ActionReason.FALSE_POSITIVE_COOLDOWN),
        ({"unfrozen_at": NOW - timedelta(minutes=59)}, {}, ActionReason.COOLDOWN),
        ({}, {"is_dry_run": True}, ActionReason.DRY_RUN),
    ],
)
def test_each_objection_keeps_the_account_and_is_named(
    case: dict[str, Any], policy: dict[str, Any], reason: ActionReason
) -> None:
    decision = decide(replace(CASE, **case), policy_of(**policy))
    assert (decision.action, decision.reason) == (AccountActionKind.KEEP, reason)


@pytest.mark.parametrize("past", [{"unfrozen_at": timedelta(hours=1)}, {"false_positive_at": timedelta(days=1)}])
def test_a_cooldown_ends_exactly_when_its_time_is_over(past: dict[str, timedelta]) -> None:
    over = replace(CASE, **{name: NOW - age for name, age in past.items()})
    assert decide(over, policy_of()).action is AccountActionKind.FREEZE


def test_a_dry_run_names_every_other_objection_first() -> None:
    case = replace(CASE, account=None)
    assert decide(case, policy_of(is_dry_run=True)).reason is ActionReason.NO_ACCOUNT
