"""Takes a person out of the CRM, so that the next extract does not bring them back."""

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

# Tables that exist once the job that writes them has run, and which of their rows are about a number.
_ACCOUNT_ACTIONS = "crm.account_actions"
_CHURN_SCORES = "crm.churn_scores"
_ABOUT = {
    _ACCOUNT_ACTIONS: "msisdn = %s",
    _CHURN_SCORES: "customer_id in (select customer_id from crm.customers where msisdn = %s)",
}


@dataclass(frozen=True)
class ErasedCrmRows:
    """Rows that were deleted in the CRM database."""

    customers: int
    account_actions: int
    churn_scores: int


def delete_customer(connection: Connection, msisdn: str) -> ErasedCrmRows:
    """Delete the customer with this number, with accounts, consents, churn scores and the freezer's audit.

    Invoices stay, as the law demands: they name a customer id, not a person. Closes the connection.
    """
    with connection, connection.cursor() as cursor:
        actions, scores = (_delete_about(cursor, table, msisdn) for table in (_ACCOUNT_ACTIONS, _CHURN_SCORES))
        cursor.execute("delete from crm.customers where msisdn = %s", (msisdn,))
        customers: int = cursor.rowcount
    connection.close()
    return ErasedCrmRows(customers, actions, scores)


def _delete_about(cursor: Cursor, table: str, msisdn: str) -> int:
    cursor.execute("select to_regclass(%s) is null", (table,))
    if cursor.fetchone() == (True,):
        return 0
    cursor.execute(f"delete from {table} where {_ABOUT[table]}", (msisdn,))  # noqa: S608
    deleted: int = cursor.rowcount
    return deleted
