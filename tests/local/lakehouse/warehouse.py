"""A whole warehouse on real engines: CRM, bronze, dbt, gates, publication, with one clock that tests set."""

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from engines import LakeEngine
from lake_events import SUBSCRIBER_COUNT, TOWER_COUNT, BronzeLake
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn
from pyiceberg.catalog import Catalog

from contracts import environment
from contracts.batch_settings import DbtSettings, EraseSettings, NightlySettings, PostgresConnection
from contracts.batch_tables import BATCH_TABLES
from jobs.crm_batch_ingestor.ingest import Ingested, ingest_all
from jobs.crm_batch_ingestor.source import source_snapshot
from jobs.crm_batch_ingestor.versions import Batch
from jobs.crm_simulator.inventory import build_inventory
from jobs.crm_simulator.simulation import live_until
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.nightly_run import NightlyReport, run_nightly
from jobs.nightly.run_plan import DayRange
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.published_tags import GOLD, PUBLISHED_TAG
from jobs.runtime.trino import Row, TrinoSql
from local.artefacts.dbt import DBT_PROJECT, dbt_python, parsed_dbt_project, parsed_if_present

RUN_DATE = dt.date(2026, 11, 20)
CRM_FIRST_DAY = dt.date(2026, 9, 1)
SEED = 7
EVENING = dt.datetime.combine(RUN_DATE, dt.time(18, 30), dt.UTC)
# Enough to be a day, small enough for a test: half a minute of traffic.
TRAFFIC_TICKS = range(120)
TICKS_PER_SECOND = 4
EVENTS_PER_DAY = 1200
# It carries a few calls, messages and data sessions, but the inventory does not have it before a test adds it.
LATE_TOWER = "TWR-00052"


@dataclass
class Warehouse:
    """The warehouse and its sources. `now` is the evening of the run date until a test moves it."""

    settings: NightlySettings
    environ: Mapping[str, str]
    crm_dsn: str
    now: dt.datetime = EVENING
    events_per_day: int = EVENTS_PER_DAY
    first_report: NightlyReport | None = None
    second_report: NightlyReport | None = None
    old_layout: dict[str, int] = field(default_factory=dict)
    overtaken: Row = field(default_factory=dict)
    sql: TrinoSql = field(init=False)
    catalog: Catalog = field(init=False)
    lake: BronzeLake = field(init=False)

    def __post_init__(self) -> None:
        self.sql = TrinoSql(self.settings.trino, self.environ)
        self.catalog = open_catalog(self.settings.catalog, self.settings.s3, self.environ)
        self.lake = BronzeLake(self.catalog)

    def crm(self) -> Connection:
        """A connection to the CRM database."""
        return psycopg2.connect(self.crm_dsn)

    @property
    def erase_settings(self) -> EraseSettings:
        """Lake, Trino and CRM as the tools of people are told of them; without Kafka. Passwords are in `environ`."""
        known, crm = self.settings, parse_dsn(self.crm_dsn)
        database = PostgresConnection(host=crm["host"], port=int(crm["port"]), database=crm["dbname"])
        return EraseSettings(s3=known.s3, catalog=known.catalog, trino=known.trino, database=database)

    def change_crm(self, *statements: str) -> None:
        """Run statements in one transaction."""
        connection = self.crm()
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def live(self, until: dt.date) -> None:
        """Let the simulator bring the CRM to the end of a day, but not beyond now."""
        connection = self.crm()
        end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC)
        live_until(connection, SEED, SUBSCRIBER_COUNT, CRM_FIRST_DAY, min(end, self.now))
        build_inventory(connection, TOWER_COUNT, dt.datetime.combine(CRM_FIRST_DAY, dt.time(), dt.UTC))
        connection.close()

    def ingest(self, at: dt.datetime | None = None) -> dict[str, Ingested]:
        """One run of the CRM ingestor."""
        connection = self.crm()
        batch = Batch(batch_id=f"batch-{at or self.now}", at=at or self.now)
        with source_snapshot(connection, self.settings.s3.warehouse) as source:
            done = list(ingest_all(source, self.catalog, BATCH_TABLES, batch))
        connection.close()
        return {ingested.table: ingested for ingested in done}

    def add_day(self, day: dt.date) -> None:
        """Traffic and readings of one evening."""
        start = dt.datetime.combine(day, dt.time(17, 59, 29), dt.UTC)
        per_second = self.events_per_day * TICKS_PER_SECOND / len(TRAFFIC_TICKS)
        self.lake.add_cdrs(start, per_second, TRAFFIC_TICKS)
        self.lake.add_probes(start, 15.0, TRAFFIC_TICKS)

    def forget_calls_of(self, day: dt.date) -> None:
        """Take a day's calls out of silver and gold, so that the next nightly run makes them again."""
        for table in ("silver.silver_calls", "gold.fact_calls", "gold.agg_tower_hourly_utilization"):
            self.sql.run(f"delete from {table} where event_date = date '{day}'")

    def nightly(self, backfill: DayRange | None = None) -> NightlyReport:
        """A nightly run of the day it is."""
        return run_nightly(self.settings, self.environ, self.now.date(), backfill, now=self.now)

    @property
    def dbt(self) -> Dbt:
        """dbt as the nightly run starts it."""
        return Dbt(self.settings.dbt, self.settings.trino, self.environ, parsed_if_present())

    def dbt_results(self) -> dict[str, dict[str, Any]]:
        """What dbt said of each node in its last command, by the node's name."""
        results = json.loads(self.dbt.manifest_file.with_name("run_results.json").read_text())["results"]
        return {result["unique_id"].split(".")[2]: result for result in results}

    def rows(self, statement: str) -> list[Row]:
        """Rows of a query; `silver.x` and `gold.x` are enough as names."""
        return self.sql.rows(statement)

    def value(self, statement: str) -> Any:
        """The one value of a query."""
        (row,) = self.rows(statement)
        (value,) = row.values()
        return value

    def contents(self, *namespaces: str) -> dict[str, tuple[int, bytes]]:
        """Row count, and a checksum over all columns of all rows whatever their order, by table."""
        tables = [identifier for namespace in namespaces for identifier in self.catalog.list_tables(namespace)]
        found = {}
        for identifier in tables:
            name, columns = ".".join(identifier), self.catalog.load_table(identifier).schema().column_names
            (row,) = self.rows(f"select count(*) as n, checksum(row({', '.join(columns)})) as hash from {name}")
            found[name] = (row["n"], row["hash"])
        return found

    def published(self) -> dict[str, int]:
        """Snapshot that readers see, by gold table."""
        refs = {
            identifier[-1]: self.catalog.load_table(identifier).metadata.refs
            for identifier in self.catalog.list_tables(GOLD)
        }
        return {
            name: found[PUBLISHED_TAG].snapshot_id for name, found in sorted(refs.items()) if PUBLISHED_TAG in found
        }

    def snapshots(self, namespace: str, names: Sequence[str] = ()) -> dict[str, int]:
        """Current snapshot by table."""
        found = {
            identifier[-1]: self.catalog.load_table(identifier) for identifier in self.catalog.list_tables(namespace)
        }
        return {
            name: table.metadata.current_snapshot_id or 0 for name, table in found.items() if not names or name in names
        }


def open_warehouse(lake: LakeEngine, name: str, folder: Path, events_per_day: int = EVENTS_PER_DAY) -> Warehouse:
    """Three days of events and eleven weeks of CRM, nothing transformed yet.

    `name` keeps its files and its CRM apart from those of other tests on the same engines; dbt writes to `folder`.
    """
    crm_dsn = _crm_database(lake, f"{name}_crm")
    warehouse = Warehouse(
        _settings(lake, name, folder), _environ(lake, crm_dsn), crm_dsn, events_per_day=events_per_day
    )
    warehouse.live(until=RUN_DATE - dt.timedelta(days=1))
    for days_back in (2, 1, 0):
        warehouse.add_day(RUN_DATE - dt.timedelta(days=days_back))
    warehouse.change_crm(
        f"delete from network.towers where tower_id = '{LATE_TOWER}'",
        f"delete from crm.customers where msisdn = '{_caller_of_every_evening(warehouse.lake)}'",
    )
    warehouse.ingest()
    return warehouse


def _caller_of_every_evening(lake: BronzeLake) -> str:
    """Somebody whom the CRM is not to know: a number that called on each of the days."""
    calls = lake.table("call_events").scan(selected_fields=("msisdn", "event_time")).to_arrow()
    days: dict[str, set[dt.date]] = {}
    for call in calls.to_pylist():
        days.setdefault(call["msisdn"], set()).add(call["event_time"].date())
    return max(msisdn for msisdn, of_number in days.items() if len(of_number) == max(map(len, days.values())))


def _crm_database(lake: LakeEngine, name: str) -> str:
    machine, postgres = lake.cluster.machine, lake.cluster.services.postgres
    postgres.create_database(machine, name)
    user, password = postgres.credentials(machine, name)
    return f"host=127.0.0.1 port={postgres.port(machine)} dbname={name} user={user} password={password}"


def _settings(lake: LakeEngine, name: str, folder: Path) -> NightlySettings:
    return NightlySettings(
        trino=lake.trino().connection,
        s3=lake.s3(name),
        catalog=lake.catalog(),
        dbt=DbtSettings(python=dbt_python(), project_directory=DBT_PROJECT, target_directory=folder),
    )


def _environ(lake: LakeEngine, crm_dsn: str) -> dict[str, str]:
    crm = parse_dsn(crm_dsn)
    return {
        **lake.environ(),
        **lake.trino().credentials,
        environment.CRM_USERNAME: crm["user"],
        environment.CRM_PASSWORD: crm["password"],
        environment.PII_TOKEN_KEY: secrets.token_hex(32),
        environment.PII_TOKEN_KEY_ID: "k1",
        environment.PARSED_DBT_PROJECT: str(parsed_dbt_project()),
    }
