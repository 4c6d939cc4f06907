"""A CRM on a real PostgreSQL, the bronze tables that it is copied into, and whether the two agree."""

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from copy import copy
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
from engines import LakeEngine
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn
from pyiceberg.catalog import Catalog

from contracts import environment
from contracts.batch_settings import CrmIngestSettings, PostgresConnection
from contracts.batch_tables import BATCH_TABLES, BatchTable
from jobs.crm_batch_ingestor.ingest import Ingested, ingest_all
from jobs.crm_batch_ingestor.source import source_snapshot
from jobs.crm_batch_ingestor.source_schema import CheckedSource, check_source
from jobs.crm_batch_ingestor.versions import Batch
from jobs.crm_simulator.database import create_tables
from jobs.crm_simulator.inventory import build_inventory
from jobs.crm_simulator.simulation import live_until
from jobs.runtime import fail_points
from local.artefacts.versions import REPOSITORY

TOWERS = 50
FIRST_DAY = dt.date(2026, 10, 25)
START = dt.datetime(2026, 11, 4, tzinfo=dt.UTC)
Row = dict[str, Any]


class Extract:
    """A CRM and its bronze tables in a namespace of their own. Run number n happens n minutes after `START`."""

    def __init__(self, lake: LakeEngine, dsn: str, catalog: Catalog, namespace: str) -> None:
        self._lake, self._dsn, self.catalog, self.namespace = lake, dsn, catalog, namespace
        self.tables = tuple(dataclasses.replace(table, namespace=namespace) for table in BATCH_TABLES)
        self._runs = count()

    def only(self, *names: str) -> "Extract":
        """The same CRM, of which the ingestor is told of these tables only."""
        limited = copy(self)
        limited.tables = tuple(table for table in self.tables if table.name in names)
        return limited

    def connect(self) -> Connection:
        """A session that has nothing to do with the ingestor's."""
        return psycopg2.connect(self._dsn, options="-c timezone=UTC")

    def fill(self) -> None:
        """Forty customers and ten days of their life, up to `START`, and some towers."""
        connection = self.connect()
        live_until(connection, 7, 40, FIRST_DAY, START)
        build_inventory(connection, TOWERS, START - dt.timedelta(days=1))
        connection.close()

    def change(self, *statements: str) -> None:
        """Run statements in one transaction."""
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def run(self, at: dt.datetime | None = None) -> dict[str, Ingested]:
        """One run, at its minute or at another time that its clock tells; then bronze agrees with the source."""
        number = next(self._runs)
        batch = Batch(batch_id=str(number), at=at or START + dt.timedelta(minutes=number))
        connection = self.connect()
        with source_snapshot(connection, self.namespace) as source:
            done = list(ingest_all(source, self.catalog, self.tables, batch))
        connection.close()
        return {ingested.table: ingested for ingested in done}

    def checked(self) -> CheckedSource:
        """What the ingestor finds out about the source before it reads a row."""
        connection = self.connect()
        with source_snapshot(connection, self.namespace) as source:
            checked = check_source(self.tables, source.columns(self.tables))
        connection.close()
        return checked

    def run_as_process(self, folder: Path, fail_point: str | None = None) -> subprocess.CompletedProcess[str]:
        """A run as it is started in production, killed at that point."""
        settings = folder / "settings.json"
        place = parse_dsn(self._dsn)
        database = PostgresConnection(host=place["host"], port=int(place["port"]), database=place["dbname"])
        loaded = CrmIngestSettings(database=database, s3=self._lake.s3(self.namespace), catalog=self._lake.catalog())
        settings.write_text(loaded.model_dump_json())
        environ = os.environ | self._lake.environ()
        environ |= {environment.CRM_USERNAME: place["user"], environment.CRM_PASSWORD: place["password"]}
        environ |= {"PYTHONPATH": str(REPOSITORY), fail_points.ENVIRONMENT_VARIABLE: fail_point or ""}
        program = Path(__file__).with_name("crm_ingest_process.py")
        return subprocess.run(
            [sys.executable, str(program), str(settings), self.namespace],
            env=environ,
            cwd=REPOSITORY,
            timeout=240,
            capture_output=True,
            text=True,
            check=False,
        )

    def table(self, name: str) -> BatchTable:
        """A bronze table by its name."""
        (found,) = [table for table in self.tables if table.name == name]
        return found

    def log(self, name: str) -> list[Row]:
        """All entries of a bronze table, none if it was never made."""
        identifier = self.table(name).identifier
        if not self.catalog.table_exists(identifier):
            return []
        rows: list[Row] = self.catalog.load_table(identifier).scan().to_arrow().to_pylist()
        return rows

    def entries(self, name: str, key: str) -> list[Row]:
        """Entries of one key, oldest first."""
        column = self.table(name).key
        return sorted((row for row in self.log(name) if row[column] == key), key=lambda row: row["_bronze_ingested_at"])

    def snapshots(self) -> list[int | None]:
        """The present snapshot of each table."""
        return [self.catalog.load_table(t.identifier).metadata.current_snapshot_id for t in self.tables_present()]

    def tables_present(self) -> Iterable[BatchTable]:
        """Tables that exist in bronze."""
        return [table for table in self.tables if self.catalog.table_exists(table.identifier)]

    def in_source(self, table: BatchTable) -> dict[str, Row]:
        """The rows of the source as Python has them, by key: an oracle that shares nothing with the ingestor."""
        names = [column.name for column in table.source_columns]
        query = sql.SQL("select {} from {}").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table.source_schema, table.source_table)
        )
        connection = self.connect()
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.close()
        return {row[table.key]: row for row in rows}

    def in_bronze(self, table: BatchTable) -> dict[str, Row]:
        """The newest entry of each key that is not a tombstone, with the source's columns."""
        names = [column.name for column in table.source_columns]
        newest: dict[str, Row] = {}
        for row in sorted(self.log(table.name), key=lambda row: row["_bronze_ingested_at"]):
            newest[row[table.key]] = row
        return {key: {name: row[name] for name in names} for key, row in newest.items() if not row["_source_deleted"]}

    def assert_bronze_is_the_source(self) -> None:
        """Each key's newest entry is the row that the source has now, in every table."""
        for table in self.tables_present():
            assert self.in_bronze(table) == self.in_source(table), table.name


def open_extract(lake: LakeEngine, catalog: Catalog, name: str) -> Extract:
    """A CRM without a row, never read; `name` keeps its database and its bronze tables apart from others."""
    machine, postgres = lake.cluster.machine, lake.cluster.services.postgres
    postgres.create_database(machine, name)
    user, password = postgres.credentials(machine, name)
    dsn = f"host=127.0.0.1 port={postgres.port(machine)} dbname={name} user={user} password={password}"
    extract = Extract(lake, dsn, catalog, name)
    connection = extract.connect()
    create_tables(connection)
    connection.close()
    return extract


def copied(extract: Extract) -> Iterator[Extract]:
    """The extract filled and copied once; after the test, one run more makes bronze agree with the source."""
    extract.fill()
    extract.run()
    yield extract
    extract.run()
    extract.assert_bronze_is_the_source()
