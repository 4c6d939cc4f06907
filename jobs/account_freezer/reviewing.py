"""What an analyst does about a frozen account or a wrong alert: one transaction, and an audit row for each."""

from psycopg2.extensions import cursor as Cursor

from contracts.events import AccountAction
from jobs.account_freezer import crm
from jobs.account_freezer.actions import Analyst, false_positive, unfreeze
from jobs.account_freezer.policy import ACTIVE, FROZEN


class ReviewError(Exception):
    """The account or the alert is not what the analyst thinks it is; nothing was changed."""


def review(
    database: crm.CrmDatabase, analyst: Analyst, msisdn: str, wrong_alert_id: str | None
) -> tuple[AccountAction, ...]:
    """Unfreeze the subscriber's account and note the wrong alert, if one is named; return what was new.

    The account returns to the status that it had before the freeze. Raises `ReviewError`.
    """
    with database.transaction() as cursor:
        crm.ensure_audit(cursor)
        taken = [*_note_wrong_alert(cursor, analyst, msisdn, wrong_alert_id), *_unfreeze(cursor, analyst, msisdn)]
        if not taken and wrong_alert_id is None:
            raise ReviewError(f"the account of {msisdn} is not frozen, so there is nothing to undo")
        return tuple(action for action in taken if crm.record(cursor, action))


def _note_wrong_alert(cursor: Cursor, analyst: Analyst, msisdn: str, wrong_alert_id: str | None) -> list[AccountAction]:
    if wrong_alert_id is None:
        return []
    answered = crm.answer_to(cursor, wrong_alert_id)
    if answered is None:
        raise ReviewError(
            f"no alert {wrong_alert_id} was answered here; crm.account_actions lists the alerts of {msisdn} by alert_id"
        )
    if answered.msisdn != msisdn:
        raise ReviewError(f"alert {wrong_alert_id} is about another subscriber, not about {msisdn}")
    return [false_positive(analyst, answered)]


def _unfreeze(cursor: Cursor, analyst: Analyst, msisdn: str) -> list[AccountAction]:
    account = crm.lock_account(cursor, msisdn)
    if account is None:
        raise ReviewError(f"the CRM has no account of {msisdn}; give the number in E.164 without '+'")
    if account.status != FROZEN:
        return []
    freeze = crm.freeze_in_force(cursor, account)
    status = (freeze.status_before if freeze else None) or ACTIVE
    crm.set_status(cursor, account, status, analyst.now)
    return [unfreeze(analyst, msisdn, account, status, freeze)]
