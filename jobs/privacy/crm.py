"""Takes a person out of the CRM, so that the next extract does not bring them back."""

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from contracts.phone_numbers import NumberSpelling, normalised_number
from jobs.privacy.subject import Holding, Subject

# Tables that exist once the job that writes them has run.
_ACCOUNT_ACTIONS = "crm.account_actions"
_CHURN_SCORES = "crm.churn_scores"
# Any spelling of a number ends in its last digits, once everything else is taken out.
_SPELLED_LIKE = (
    "select customer_id, msisdn from crm.customers"
    " where right(regexp_replace(msisdn, '[^0-9]', '', 'g'), 7) = right(%s, 7)"
)


@dataclass(frozen=True)
class ErasedCrmRows:
    """Rows that were deleted in the CRM database."""

    customers: int
    account_actions: int
    churn_scores: int


def delete_customer(connection: Connection, subject: Subject, written: NumberSpelling) -> ErasedCrmRows:
    """Delete the person's customer row, with accounts, consents, churn scores and the freezer's audit.

    Invoices stay, as the law demands: they name a customer id, not a person. Closes the connection.
    """
    with connection, connection.cursor() as cursor:
        customer_ids = _customers_of(cursor, subject, written)
        actions = sum(_delete_actions(cursor, holding) for holding in subject.holdings)
        scores = _delete(cursor, _CHURN_SCORES, "customer_id = any(%s)", (customer_ids,))
        customers = _delete(cursor, "crm.customers", "customer_id = any(%s)", (customer_ids,))
    connection.close()
    return ErasedCrmRows(customers, actions, scores)


def _customers_of(cursor: Cursor, subject: Subject, written: NumberSpelling) -> list[str]:
    """Ids to delete: the person's, or who has the number where the lake does not know anybody."""
    if subject.customer_ids:
        return list(subject.customer_ids)
    found = []
    for holding in subject.holdings:
        cursor.execute(_SPELLED_LIKE, (holding.msisdn,))
        found += [row[0] for row in cursor.fetchall() if normalised_number(row[1], written) == holding.msisdn]
    return found


def _delete_actions(cursor: Cursor, holding: Holding) -> int:
    if holding.since is None:
        return _delete(cursor, _ACCOUNT_ACTIONS, "msisdn = %s", (holding.msisdn,))
    held = (holding.msisdn, holding.since, holding.until)
    return _delete(cursor, _ACCOUNT_ACTIONS, "msisdn = %s and decided_at >= %s and decided_at < %s", held)


def _delete(cursor: Cursor, table: str, condition: str, values: tuple[object, ...]) -> int:
    cursor.execute("select to_regclass(%s) is null", (table,))
    if cursor.fetchone() == (True,):
        return 0
    cursor.execute(f"delete from {table} where {condition}", values)  # noqa: S608
    deleted: int = cursor.rowcount
    return deleted
