"""Answers one alert: the account, the audit row and the event to publish, in one transaction."""

from datetime import datetime

from contracts.account_freezer_settings import FreezePolicy
from contracts.events import AccountAction, AccountActionKind, FraudAlert
from jobs.account_freezer import crm
from jobs.account_freezer.actions import answer
from jobs.account_freezer.fail_points import AFTER_DATABASE_COMMIT, BEFORE_DATABASE_COMMIT
from jobs.account_freezer.policy import FROZEN, Case, decide
from jobs.runtime.fail_points import reach


def answer_alert(
    database: crm.CrmDatabase, alert: FraudAlert, policy: FreezePolicy, now: datetime
) -> AccountAction | None:
    """What was done; None for an alert that was answered before. Raises psycopg2's errors, with nothing done."""
    with database.transaction() as cursor:
        # The lock comes first: of two processes with the same alert, the second sees the answer of the first.
        account = crm.lock_account(cursor, alert.msisdn)
        if crm.answer_to(cursor, alert.event_id) is not None:
            return None
        case = Case(
            alert=alert,
            account=account,
            now=now,
            unfrozen_at=crm.last_unfrozen_at(cursor, alert.msisdn),
            false_positive_at=crm.last_false_positive_at(cursor, alert.msisdn, alert.rule),
        )
        action = answer(alert, account, decide(case, policy), now)
        # Without an account there was nothing to lock; the audit's index then keeps the second answer out.
        if not crm.record(cursor, action):
            return None
        if account is not None and action.action is AccountActionKind.FREEZE:
            crm.set_status(cursor, account, FROZEN, now)
        reach(BEFORE_DATABASE_COMMIT)
    reach(AFTER_DATABASE_COMMIT)
    return action
