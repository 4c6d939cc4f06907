"""The CRM extract against real PostgreSQL and Iceberg: nothing skipped, nothing twice, deletions noticed."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count

import psycopg2
import pytest
from engines import LakeEngine
from psycopg2.extensions import connection as Connection
from pyiceberg.catalog import Catalog

from contracts.batch_tables import BATCH_TABLES
from jobs.crm_batch_ingestor.ingest import Ingested, ingest_all
from jobs.crm_batch_ingestor.source import source_snapshot
from jobs.crm_batch_ingestor.versions import Batch
from jobs.crm_simulator.simulation import live_until
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine
FIRST_DAY = dt.date(2026, 10, 25)
LAST_DAY = dt.date(2026, 11, 3)
START = dt.datetime(2026, 11, 4, tzinfo=dt.UTC)


class Extract:
    """A CRM of forty customers and the bronze tables it is copied into."""

    def __init__(self, dsn: str, catalog: Catalog, namespace: str) -> None:
        self._dsn, self._catalog = dsn, catalog
        self._tables = [dataclasses.replace(table, namespace=namespace) for table in BATCH_TABLES]
        self._runs = count()

    def connect(self) -> Connection:
        return psycopg2.connect(self._dsn)

    def change(self, statement: str) -> None:
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def run(self) -> dict[str, Ingested]:
        number = next(self._runs)
        batch = Batch(batch_id=str(number), at=START + dt.timedelta(minutes=number))
        connection = self.connect()
        with source_snapshot(connection) as source:
            done = list(ingest_all(source, self._catalog, self._tables, batch, dt.timedelta(hours=6)))
        connection.close()
        return {ingested.table: ingested for ingested in done}

    def log(self, name: str) -> list[dict[str, object]]:
        (table,) = [table for table in self._tables if table.name == name]
        rows: list[dict[str, object]] = self._catalog.load_table(table.identifier).scan().to_arrow().to_pylist()
        return rows

    def snapshots(self) -> list[int | None]:
        return [self._catalog.load_table(t.identifier).metadata.current_snapshot_id for t in self._tables]


@pytest.fixture
def extract(
    lake: LakeEngine, postgres: Postgres, iceberg_catalog: Callable[[], Catalog], unique_name: str
) -> Iterator[Extract]:
    machine = lake.cluster.machine
    postgres.create_database(machine, unique_name)
    user, password = postgres.credentials(machine, unique_name)
    dsn = f"host=127.0.0.1 port={postgres.port(machine)} dbname={unique_name} user={user} password={password}"
    extract = Extract(dsn, iceberg_catalog(), unique_name)
    connection = extract.connect()
    live_until(connection, 7, 40, FIRST_DAY, LAST_DAY)
    connection.close()
    extract.run()
    yield extract


def test_the_first_run_copies_every_row_and_a_rerun_commits_nothing(extract: Extract) -> None:
    assert len(extract.log("crm_customers")) == 40
    before = extract.snapshots()
    assert {done.changed + done.deleted for done in extract.run().values()} == {0}
    assert extract.snapshots() == before


def test_a_transaction_that_commits_after_the_read_is_not_skipped(extract: Extract) -> None:
    """It stamps its row before another one, is invisible to the read, and commits behind the watermark."""
    slow = extract.connect()
    with slow.cursor() as cursor:
        cursor.execute(
            "update crm.customers set city = 'Slowville', updated_at = '2026-11-04 10:00:00+00'"
            " where customer_id = 'CUST-00000001'"
        )
    extract.change(
        "update crm.customers set city = 'Fastville', updated_at = '2026-11-04 10:00:01+00'"
        " where customer_id = 'CUST-00000002'"
    )
    first = extract.run()["crm_customers"]
    slow.commit()
    slow.close()
    second = extract.run()["crm_customers"]
    assert (first.changed, second.changed) == (1, 1)
    cities = [row["city"] for row in extract.log("crm_customers")]
    assert (cities.count("Slowville"), cities.count("Fastville")) == (1, 1)


def test_rows_with_the_same_timestamp_as_the_watermark_are_read_once_each(extract: Extract) -> None:
    for customer in ("CUST-00000003", "CUST-00000004"):
        extract.change(
            f"update crm.customers set updated_at = '2026-11-04 11:00:00+00' where customer_id = '{customer}'"
        )
        assert extract.run()["crm_customers"].changed == 1


def test_a_hard_delete_becomes_one_tombstone_per_row(extract: Extract) -> None:
    extract.change("delete from crm.customers where customer_id = 'CUST-00000005'")
    done = extract.run()
    assert (done["crm_customers"].deleted, done["crm_accounts"].deleted, done["crm_consents"].deleted) == (1, 1, 2)
    assert extract.run()["crm_customers"].deleted == 0
    (tombstone,) = [row for row in extract.log("crm_customers") if row["_source_deleted"]]
    assert (tombstone["customer_id"], tombstone["full_name"], tombstone["msisdn"]) == ("CUST-00000005", None, None)


def test_values_survive_the_copy_as_they_are(extract: Extract) -> None:
    extract.change(
        "update crm.customers set updated_at = '2026-11-04 12:00:00+00', city = '',"
        " full_name = E'O\\'Neil, \"Ann\"\\nÅström' where customer_id = 'CUST-00000006'"
    )
    extract.run()
    (row,) = [row for row in extract.log("crm_customers") if row["_batch_id"] == "1"]
    assert (row["full_name"], row["city"]) == ('O\'Neil, "Ann"\nÅström', "")
    assert row["updated_at"] == dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC)
