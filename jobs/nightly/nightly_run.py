"""The nightly chain: silver, gold, gates, publication. Idempotent: the same day twice gives the same rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_settings import NightlySettings
from contracts.batch_tables import BATCH_TABLES
from contracts.calendar import Calendar
from contracts.environment import PARSED_DBT_PROJECT
from contracts.iceberg_schema import iceberg_schema, partition_spec
from contracts.tables import BRONZE_NAMESPACE, BRONZE_TABLE_BY_TOPIC, TableColumns
from jobs.nightly.audited_run import AuditedRun, TableName
from jobs.nightly.calendar_years import year_variables
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.dbt.parsed_project import ParsedProject
from jobs.nightly.gates.audit import audit
from jobs.nightly.gates.gate import GateResult
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.publish.history import Action, PublicationRecord
from jobs.nightly.publish.publish import publish
from jobs.nightly.restated_days import with_restated
from jobs.nightly.run_window import RunWindow, lookback_window, window_after
from jobs.nightly.silver_build import SILVER, SilverBuild, last_build, note_build
from jobs.nightly.touched_days import days_arrived
from jobs.runtime.dialling import spelling_in
from jobs.runtime.iceberg import load_or_create, open_catalog, with_new_columns
from jobs.runtime.published_tags import current_snapshots
from jobs.runtime.trino import TrinoSql
from jobs.runtime.vault import store_key

log = structlog.get_logger()
BUILT_NAMESPACES = (SILVER, "gold")
BUILD = ("build", "--exclude-resource-type", "unit_test", "--fail-fast")


@dataclass(frozen=True)
class DayRange:
    """Event days [first, until) of a backfill."""

    first: dt.date
    until: dt.date

    @property
    def days(self) -> tuple[dt.date, ...]:
        """All of them."""
        return tuple(self.first + dt.timedelta(days=number) for number in range((self.until - self.first).days))


@dataclass(frozen=True)
class NightlyReport:
    """What a run did."""

    run: AuditedRun
    results: tuple[GateResult, ...]
    publication: PublicationRecord

    @property
    def is_published(self) -> bool:
        """True when readers see the run's numbers."""
        return self.publication.action is Action.PUBLISHED

    def summary(self) -> dict[str, object]:
        """The part of a report that tools read: `gates.{total,passed,failed}` and `published`."""
        outcomes = [str(result.outcome) for result in self.results]
        return {
            "run_id": self.run.run_id,
            "gates": {
                "total": len(outcomes),
                "passed": outcomes.count("passed"),
                "warned": outcomes.count("warned"),
                "failed": outcomes.count("failed"),
            },
            "published": [
                {"table": f"gold.{name}", "snapshot": snapshot} for name, snapshot in self.publication.snapshots.items()
            ],
        }


def run_nightly(
    settings: NightlySettings,
    environ: Mapping[str, str],
    run_date: dt.date,
    backfill: DayRange | None = None,
    now: dt.datetime | None = None,
    run_id: str | None = None,
) -> NightlyReport:
    """Transform what arrived by `run_date`, audit it and publish it. With `backfill`, work on its event days instead.

    Raises `DbtError` if the transformation fails; readers then keep what they see. A gate that blocks is not an error:
    the report has `is_published` False. Freshness is measured at `now`; `run_id` is the run's name in the audit tables.
    """
    dbt = Dbt(settings.dbt, settings.trino, environ, _parsed_project(environ))
    sql = TrinoSql(settings.trino, environ)
    try:
        dbt.start()
        catalog = open_catalog(settings.catalog, settings.s3, environ)
        store_key(catalog, environ)
        create_bronze_tables(catalog)
        inputs = _snapshots(catalog, BRONZE_NAMESPACE)
        window = _window(catalog, dbt, inputs, run_date - dt.timedelta(days=settings.lookback_days), now)
        days = backfill.days if backfill else days_arrived(sql, inputs, window.start)
        silver = _snapshots(catalog, SILVER)
        gold_days = days if backfill else with_restated(sql, inputs, silver, window.oldest_arrival, days)
        variables = dbt_variables(run_date, window, inputs, days, backfill, dbt.project_digest)
        variables |= {"gold_days": [str(day) for day in gold_days]}
        variables |= year_variables(catalog, settings.calendar, run_date, gold_days)
        dbt.run(BUILD, variables | calendar_variables(settings.calendar))
        outputs = _outputs(catalog, dbt)
        if backfill is None:
            note_build(catalog, SilverBuild(dbt.project_digest, inputs, _of_silver(outputs)))
        run = AuditedRun(
            run_id=run_id or uuid4().hex,
            run_date=run_date,
            window_start=window.start,
            days=gold_days,
            now=now or dt.datetime.now(dt.UTC),
            inputs=inputs,
            outputs=outputs,
        )
        results = tuple(audit(Inspection(run, sql, catalog)))
        report = NightlyReport(run, results, publish(catalog, sql, run, results))
    finally:
        dbt.close()
        sql.close()
    log.info("nightly_done", run_date=str(run_date), **report.summary())
    return report


def dbt_variables(
    run_date: dt.date,
    window: RunWindow,
    inputs: Mapping[TableName, int],
    days: Sequence[dt.date],
    backfill: DayRange | None,
    project_digest: str,
) -> dict[str, object]:
    """Variables of the dbt project for one run."""
    return {
        "run_date": str(run_date),
        "window_start": str(window.start),
        "new_since": f"{window.new_since.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}" if window.new_since else "",
        "touched_days": [str(day) for day in days],
        "bronze_snapshots": {name: snapshot for (_, name), snapshot in inputs.items()},
        "backfill_from": str(backfill.first) if backfill else "",
        "backfill_until": str(backfill.until) if backfill else "",
        "project_digest": project_digest,
    }


def calendar_variables(calendar: Calendar) -> dict[str, object]:
    """Variables of the dbt project for a calendar, and for how phone numbers are written in its country."""
    chosen = calendar.model_dump(include={"time_zone", "country", "fiscal_year_first_month"})
    return {**chosen, "phone_numbers": spelling_in(calendar.country).model_dump(mode="json")}


def create_bronze_tables(catalog: Catalog) -> None:
    """Create the bronze tables that are missing, so that every model has an input with a snapshot."""
    catalog.create_namespace_if_not_exists(BRONZE_NAMESPACE)
    for table in BRONZE_TABLE_BY_TOPIC.values():
        schema = iceberg_schema(table)
        _with_snapshot(load_or_create(catalog, table.identifier, schema, partition_spec(schema)), table)
    for batch_table in BATCH_TABLES:
        schema = iceberg_schema(batch_table)
        _with_snapshot(with_new_columns(load_or_create(catalog, batch_table.identifier, schema), schema), batch_table)


def _with_snapshot(table: Table, contract: TableColumns) -> None:
    """Let the table have a snapshot with its present columns: a snapshot is read with the columns of its time."""
    snapshot = table.current_snapshot()
    if snapshot is None or snapshot.schema_id != table.schema().schema_id:
        table.append(bronze_arrow_schema(contract).empty_table())


def _window(
    catalog: Catalog, dbt: Dbt, inputs: Mapping[TableName, int], first_day: dt.date, now: dt.datetime | None
) -> RunWindow:
    build = last_build(catalog)
    if build is None or build.project_digest != dbt.project_digest:
        window = lookback_window(first_day)
    else:
        silver, moment = _snapshots(catalog, SILVER), now or dt.datetime.now(dt.UTC)
        window = window_after(catalog, build, inputs, silver, first_day, moment)
    log.info("window", start=str(window.start), new_since=str(window.new_since))
    return window


def _of_silver(snapshots: Mapping[TableName, int]) -> dict[TableName, int]:
    return {table: snapshot for table, snapshot in snapshots.items() if table[0] == SILVER}


def _parsed_project(environ: Mapping[str, str]) -> ParsedProject | None:
    folder = environ.get(PARSED_DBT_PROJECT)
    return ParsedProject(Path(folder)) if folder else None


def _outputs(catalog: Catalog, dbt: Dbt) -> dict[TableName, int]:
    built = dbt.built_tables()
    snapshots = {key: value for name in BUILT_NAMESPACES for key, value in _snapshots(catalog, name).items()}
    return {table: snapshot for table, snapshot in snapshots.items() if table in built}


def _snapshots(catalog: Catalog, namespace: str) -> dict[TableName, int]:
    return {(namespace, name): snapshot for name, snapshot in current_snapshots(catalog, namespace).items()}
