"""Takes a person out of the CRM, so that the next extract does not bring them back."""

from psycopg2.extensions import connection as Connection


def delete_customer(connection: Connection, msisdn: str) -> int:
    """Delete the customer with this number; accounts and consents go with it. Number of customers deleted.

    Invoices stay, as the law wants: they name a customer id, no person.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from crm.customers where msisdn = %s", (msisdn,))
        deleted: int = cursor.rowcount
    connection.close()
    return deleted
