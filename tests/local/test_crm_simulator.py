"""The simulated CRM on a real PostgreSQL: it lives up to a moment, and as often as it is asked."""

import datetime as dt
from collections.abc import Callable, Sequence

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from jobs.crm_simulator.changes import Deleted
from jobs.crm_simulator.database import apply_change
from jobs.crm_simulator.population import successor
from jobs.crm_simulator.simulation import live_until
from local.cluster.local_cluster import LocalCluster
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine
FIRST_DAY = dt.date(2026, 10, 20)
# The first days of a month, when invoices go out and fall due.
MIDNIGHT = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
BILLING = ("invoices", "invoice_lines", "payments")
TABLES = (
    "crm.customers",
    "crm.accounts",
    "crm.consents",
    "billing.invoices",
    "billing.invoice_lines",
    "billing.payments",
)
Open = Callable[[str], Connection]


@pytest.fixture
def open_crm(postgres: Postgres, local_cluster: LocalCluster, unique_name: str) -> Open:
    def connect(name: str) -> Connection:
        machine, database = local_cluster.machine, f"{unique_name}_{name}"
        postgres.create_database(machine, database)
        user, password = postgres.credentials(machine, database)
        return psycopg2.connect(
            host="127.0.0.1", port=postgres.port(machine), dbname=database, user=user, password=password
        )

    return connect


def lived(connection: Connection, *moments: dt.datetime) -> list[int]:
    return [live_until(connection, 7, 300, FIRST_DAY, moment) for moment in moments]


def contents(connection: Connection) -> dict[str, list[Sequence[object]]]:
    found = {}
    with connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select * from {table} order by 1")
            found[table] = cursor.fetchall()
    return found


def test_nothing_is_stamped_after_the_moment_that_it_is_asked_for(open_crm: Open) -> None:
    noon = MIDNIGHT - dt.timedelta(hours=12)
    connection = open_crm("noon")
    lived(connection, noon)
    with connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select count(*), max(updated_at) from {table}")
            ((count, newest),) = cursor.fetchall()
            assert count > 0
            assert newest < noon
    connection.close()


def test_a_life_in_pieces_is_the_same_life(open_crm: Open) -> None:
    whole, pieces = open_crm("whole"), open_crm("pieces")
    lived(whole, MIDNIGHT)
    hours = [MIDNIGHT - dt.timedelta(hours=back) for back in (200, 93, 91.7, 31, 21.5, 20, 3, 0)]
    days = lived(pieces, *hours)
    assert days[-1] == 1
    assert contents(pieces) == contents(whole)
    assert lived(pieces, MIDNIGHT, hours[0]) == [0, 0]
    whole.close()
    pieces.close()


def test_every_number_goes_on_having_one_owner_with_an_account(open_crm: Open) -> None:
    connection = open_crm("owners")
    lived(connection, MIDNIGHT)
    gone = Deleted(MIDNIGHT, 5, successor(7, 5, MIDNIGHT))
    with connection, connection.cursor() as cursor:
        for _ in range(2):
            apply_change(gone, cursor)
        cursor.execute(
            "select count(*), count(distinct msisdn), count(account_id)"
            " from crm.customers left join crm.accounts using (customer_id)"
        )
        assert cursor.fetchone() == (300, 300, 300)
        cursor.execute("select customer_id, updated_at from crm.customers where msisdn = %s", (gone.successor.msisdn,))
        assert cursor.fetchall() == [(gone.successor.customer_id, MIDNIGHT)]
    connection.close()
