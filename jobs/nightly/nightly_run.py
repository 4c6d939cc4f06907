"""The nightly chain: silver, gold, gates, publication. Idempotent: the same day twice gives the same rows.

A run that is refused or dies never happened: silver and gold are put back, and the next run takes what it would have
taken. Only the act that publishes a run notes what silver has.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog
from pyiceberg.catalog import Catalog

from contracts.batch_settings import NightlySettings
from contracts.environment import PARSED_DBT_PROJECT
from jobs.nightly.audited_run import AuditedRun, TableName
from jobs.nightly.bronze_tables import create_bronze_tables
from jobs.nightly.calendar_variables import build_digest, calendar_variables
from jobs.nightly.calendar_years import holidays_around, year_variables
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.dbt.parsed_project import ParsedProject
from jobs.nightly.failed_build import as_results
from jobs.nightly.gates.audit import audit
from jobs.nightly.gates.gate import GateResult
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.results import gate_verdict, record_results
from jobs.nightly.publish.history import Action, PublicationRecord
from jobs.nightly.publish.publish import publish, refuse
from jobs.nightly.run_plan import DayRange, RunPlan, plan_run, snapshots_of
from jobs.runtime.commit_errors import NotCommittedError
from jobs.runtime.iceberg import UNAVAILABLE_ERRORS, open_catalog
from jobs.runtime.lake_changes import LakeChange, changing_lake, put_back
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.multi_table_commit import require_one_act
from jobs.runtime.publication import mend_views
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import BUILT_NAMESPACES, Phase, UnfinishedRun, begin_run, unfinished_run
from jobs.runtime.vault import store_key

log = structlog.get_logger()
BUILD = ("build", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class NightlyReport:
    """What a run did. If dbt failed, `results` are its tests and models that failed, and no gate was asked."""

    run: AuditedRun
    results: tuple[GateResult, ...]
    publication: PublicationRecord

    @property
    def is_published(self) -> bool:
        """True when readers see the run's numbers."""
        return self.publication.action is Action.PUBLISHED

    def summary(self) -> dict[str, object]:
        """The part of a report that tools read: `gates.{total,passed,failed}`, `blocking`, with what
        `telecom accept` needs, and `published`.
        """
        outcomes = [str(result.outcome) for result in self.results]
        return {
            "run_id": self.run.run_id,
            "run_date": str(self.run.run_date),
            "gates": {
                "total": len(outcomes),
                "passed": outcomes.count("passed"),
                "warned": outcomes.count("warned"),
                "failed": outcomes.count("failed"),
            },
            "blocking": [
                {
                    "name": result.gate.name,
                    "evidence": [f"{found.subject} {found.detail}" for found in result.evidence],
                    "accept": gate_verdict(self.run, result).acceptance,
                }
                for result in self.results
                if result.blocks
            ],
            "published": [
                {"table": f"gold.{name}", "snapshot": snapshot} for name, snapshot in self.publication.snapshots.items()
            ],
        }


@dataclass(frozen=True)
class Engines:
    """What a run works with."""

    catalog: Catalog
    sql: TrinoSql
    dbt: Dbt
    lake: LakeChange


def run_nightly(
    settings: NightlySettings,
    environ: Mapping[str, str],
    run_date: dt.date,
    backfill: DayRange | None = None,
    now: dt.datetime | None = None,
    run_id: str | None = None,
) -> NightlyReport:
    """Transform what arrived by `run_date`, audit it and publish it. With `backfill`, work on its event days instead.

    A gate that blocks, or a model or test of dbt that fails, is not an error: the report has `is_published` False.
    Raises `DbtError` if dbt comes to no verdict, `LakeBusyError` while another job changes silver and gold or took this
    one for dead, and `NotCommittedError` if an act did not take place. Unless the run is published, readers keep what
    they see, and so do the tables. Freshness is measured at `now`; `run_id` is the run's name in the audit tables.
    """
    dbt = Dbt(settings.dbt, settings.trino, environ, _parsed_project(environ))
    sql = TrinoSql(settings.trino, environ)
    run_id = run_id or uuid4().hex
    try:
        dbt.start()
        catalog = open_catalog(settings.catalog, settings.s3, environ)
        require_one_act(catalog)
        store_key(catalog, environ)
        create_bronze_tables(catalog)
        dbt.prepare()
        with changing_lake(catalog, f"nightly of {run_date}, run {run_id}") as lake:
            if lake.has_loose_views:
                mend_views(catalog, sql)
            engines = Engines(catalog, sql, dbt, lake)
            with _unfinished(engines, run_id) as unfinished:
                moment = now or dt.datetime.now(dt.UTC)
                digest = build_digest(dbt.project_digest, calendar_variables(settings.calendar))
                plan = plan_run(catalog, sql, settings, digest, run_date, moment, backfill)
                report = _build_and_judge(engines, settings, plan, unfinished)
    finally:
        dbt.close()
        sql.close()
    log.info("nightly_done", **report.summary())
    return report


@contextmanager
def _unfinished(engines: Engines, run_id: str) -> Iterator[UnfinishedRun]:
    """A run that has its tables put back if it ends with an error before it was published, unless it is another's by
    now to do that.
    """
    run = begin_run(engines.catalog, run_id, engines.dbt.built_tables())
    try:
        yield run
    except BaseException:
        try:
            _put_back_unless_published(engines, run)
        except (LakeBusyError, NotCommittedError, *UNAVAILABLE_ERRORS) as error:
            log.error("cannot_put_back_now", error=str(error), consequence="whoever changes the tables next does it")
        raise


def _put_back_unless_published(engines: Engines, run: UnfinishedRun) -> None:
    engines.lake.require_held()
    noted = unfinished_run(engines.catalog)
    if run.is_same_run(noted) and noted is not None and noted.phase is Phase.BUILDING:
        # Its views may be narrow already: the note stays until somebody has widened them.
        put_back(engines.catalog, run, Phase.SHOWING)


def _build_and_judge(
    engines: Engines, settings: NightlySettings, plan: RunPlan, unfinished: UnfinishedRun
) -> NightlyReport:
    calendar = settings.calendar
    years = year_variables(engines.catalog, calendar, plan.run_date, plan.gold_days)
    holidays = holidays_around(calendar, plan.run_date)
    variables = dbt_variables(plan) | years | calendar_variables(calendar)
    failures = engines.dbt.build(BUILD, variables, engines.lake.require_held)
    run = AuditedRun(
        run_id=unfinished.run_id,
        run_date=plan.run_date,
        window_start=plan.window.start,
        days=plan.gold_days,
        months=plan.gold_months,
        now=plan.now,
        inputs=plan.inputs,
        outputs=_outputs(engines),
        rows_left_behind=plan.rows_left_behind,
        read=engines.dbt.tables_read(),
        built=frozenset(engines.dbt.built_tables()),
        calendar=calendar,
        is_backfill=plan.backfill is not None,
        unjudged_since=plan.unjudged_since,
        holidays=holidays,
    )
    if failures:
        results: Sequence[GateResult] = as_results(failures)
        record_results(engines.catalog, run, results)
    else:
        results = audit(Inspection(run, engines.sql, engines.catalog, settings.gates, settings.topics))
    return NightlyReport(run, tuple(results), _conclude(engines, plan, run, unfinished, results))


def _conclude(
    engines: Engines, plan: RunPlan, run: AuditedRun, unfinished: UnfinishedRun, results: Sequence[GateResult]
) -> PublicationRecord:
    engines.lake.require_held()
    if any(result.blocks for result in results):
        return refuse(engines.catalog, run, unfinished, results)
    return publish(engines.catalog, engines.sql, run, unfinished, plan.build(run.outputs, run.judged))


def dbt_variables(plan: RunPlan) -> dict[str, object]:
    """Variables of the dbt project for one run."""
    window, backfill = plan.window, plan.backfill
    return {
        "run_date": str(plan.run_date),
        "window_start": str(window.start),
        "new_since": f"{window.new_since.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}" if window.new_since else "",
        "touched_days": [str(day) for day in plan.days],
        "gold_days": [str(day) for day in plan.gold_days],
        "gold_months": [str(month) for month in plan.gold_months],
        "bronze_snapshots": {name: snapshot for (_, name), snapshot in plan.inputs.items()},
        "backfill_from": str(backfill.first) if backfill else "",
        "backfill_until": str(backfill.until) if backfill else "",
        "chunks": plan.chunks,
        "build_digest": plan.build_digest,
    }


def _parsed_project(environ: Mapping[str, str]) -> ParsedProject | None:
    folder = environ.get(PARSED_DBT_PROJECT)
    return ParsedProject(Path(folder)) if folder else None


def _outputs(engines: Engines) -> dict[TableName, int]:
    catalog, built = engines.catalog, engines.dbt.built_tables()
    return {key: value for name in BUILT_NAMESPACES for key, value in snapshots_of(catalog, name, built).items()}
