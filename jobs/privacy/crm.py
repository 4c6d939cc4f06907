"""Takes a person out of the CRM, so that the next extract does not bring them back."""

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor


@dataclass(frozen=True)
class ErasedCrmRows:
    """Rows that were deleted in the CRM database."""

    customers: int
    account_actions: int


def delete_customer(connection: Connection, msisdn: str) -> ErasedCrmRows:
    """Delete the customer with this number, accounts and consents with them, and what was done about their accounts.

    Invoices stay, as the law wants: they name a customer id, no person. Closes the connection.
    """
    with connection, connection.cursor() as cursor:
        actions = _delete_account_actions(cursor, msisdn)
        cursor.execute("delete from crm.customers where msisdn = %s", (msisdn,))
        customers: int = cursor.rowcount
    connection.close()
    return ErasedCrmRows(customers, actions)


def _delete_account_actions(cursor: Cursor, msisdn: str) -> int:
    """The audit of the account freezer names the number; it is there once a freezer has run."""
    cursor.execute("select to_regclass('crm.account_actions') is null")
    if cursor.fetchone() == (True,):
        return 0
    cursor.execute("delete from crm.account_actions where msisdn = %s", (msisdn,))
    deleted: int = cursor.rowcount
    return deleted
