"""Actions say what was done, with an id that the same answer always has."""

from alert_samples import MSISDN, NOW, alert_of

from contracts.events import AccountAction, AccountActionKind, ActionReason
from jobs.account_freezer.actions import Analyst, answer, false_positive, unfreeze
from jobs.account_freezer.policy import Account, Decision

ACCOUNT = Account("ACC-1", "suspended")
FREEZE = Decision(AccountActionKind.FREEZE, ActionReason.POLICY)
KEEP = Decision(AccountActionKind.KEEP, ActionReason.NO_ACCOUNT)
ANALYST = Analyst("ada", "customer called", NOW)


def frozen() -> AccountAction:
    return answer(alert_of(), ACCOUNT, FREEZE, NOW)


def test_the_same_answer_to_the_same_alert_has_the_same_id() -> None:
    assert frozen().event_id == answer(alert_of(), ACCOUNT, FREEZE, NOW.replace(hour=13)).event_id
    assert frozen().event_id != answer(alert_of(event_id="a2"), ACCOUNT, FREEZE, NOW).event_id
    assert frozen().event_id != answer(alert_of(), ACCOUNT, KEEP, NOW).event_id


def test_a_freeze_tells_both_statuses_and_the_alert() -> None:
    action = frozen()
    assert (action.status_before, action.status_after) == ("suspended", "frozen")
    assert (action.alert_id, action.msisdn, action.actor) == ("a1", MSISDN, "account-freezer")


def test_keeping_changes_no_status() -> None:
    action = answer(alert_of(), ACCOUNT, KEEP, NOW)
    assert action.status_before == action.status_after == "suspended"


def test_a_number_without_an_account_has_neither_account_nor_status() -> None:
    action = answer(alert_of(), None, KEEP, NOW)
    assert (action.account_id, action.status_before, action.status_after) == (None, None, None)


def test_an_unfreeze_answers_to_the_alert_that_froze() -> None:
    action = unfreeze(ANALYST, MSISDN, Account("ACC-1", "frozen"), "suspended", frozen())
    assert (action.alert_id, action.rule, action.actor) == ("a1", "call_velocity", "ada")
    assert action.note == "customer called"
    assert (action.msisdn, action.status_before, action.status_after) == (MSISDN, "frozen", "suspended")


def test_an_account_that_no_alert_froze_can_be_unfrozen() -> None:
    action = unfreeze(ANALYST, MSISDN, Account("ACC-1", "frozen"), "active", None)
    assert (action.alert_id, action.rule) == (None, None)
    assert action.event_id


def test_a_false_positive_keeps_rule_and_subscriber_of_the_alert() -> None:
    action = false_positive(ANALYST, frozen())
    assert (action.msisdn, action.alert_id, action.rule) == (MSISDN, "a1", "call_velocity")
    assert action.event_id != frozen().event_id
