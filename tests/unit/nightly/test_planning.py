"""What a run works on after deployments, expired snapshots and erasures: nothing that arrived is left out."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.transforms import DayTransform

from contracts.batch_settings import DbtSettings, NightlySettings
from contracts.batch_tables import BATCH_TABLES
from contracts.calendar import Calendar
from contracts.phone_numbers import spelling
from contracts.settings import JdbcCatalog, S3Connection
from jobs.nightly.bronze_days import bronze_days
from jobs.nightly.calendar_variables import build_digest, calendar_variables
from jobs.nightly.dbt.parse_project import NO_TRINO
from jobs.nightly.publish.history import Action, PublicationRecord
from jobs.nightly.publish.records import create_records, stage_record
from jobs.nightly.run_plan import DayRange, RunPlan, plan_run, snapshots_of
from jobs.nightly.silver_build import SilverBuild, create_builds, last_build, stage_build
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.trino import TrinoSql

CALLS = ("bronze", "call_events")
SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("event_time", pa.timestamp("us", tz="UTC")),
        ("_bronze_ingested_at", pa.timestamp("us", tz="UTC")),
    ]
)
SETTINGS = NightlySettings(
    trino=NO_TRINO,
    s3=S3Connection(endpoint="http://127.0.0.1:1", region="r", bucket="b"),
    catalog=JdbcCatalog(name="lake", host="127.0.0.1", port=1, database="d"),
    dbt=DbtSettings(python=Path("dbt-python"), project_directory=Path(), target_directory=Path()),
)
RUN_DATE = dt.date(2026, 11, 28)
NOW = dt.datetime(2026, 11, 29, 2, tzinfo=dt.UTC)
ACCEPTED = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
OLD, LATE, DIGEST = dt.date(2026, 11, 1), dt.date(2026, 11, 2), "digest"


@dataclass
class Arrivals:
    """In place of an engine: the event days of what arrived, as the statement asks for them."""

    lake: Catalog
    catalog: str = "iceberg"
    since: list[str] = field(default_factory=list)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        if "select distinct cast(event_time" not in statement:
            return [{"day": None}]
        since = statement.split("_bronze_ingested_at >= timestamp '")[1][:10]
        self.since.append(since)
        rows = self.lake.load_table(CALLS).scan().to_arrow().to_pylist()
        days = {row["event_time"].date() for row in rows if str(row["_bronze_ingested_at"]) >= since}
        return [{"day": day} for day in days]


def arrive(catalog: Catalog, event_id: str, day: dt.date, at: dt.datetime) -> None:
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    row = {"event_id": event_id, "event_time": noon, "_bronze_ingested_at": at}
    catalog.load_table(CALLS).append(pa.Table.from_pylist([row], schema=SCHEMA))


def plan(catalog: Catalog, digest: str = DIGEST, backfill: DayRange | None = None) -> RunPlan:
    sql = cast(TrinoSql, Arrivals(catalog))
    return plan_run(catalog, sql, SETTINGS, digest, RUN_DATE, NOW, backfill)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A lake whose last accepted run had two calls, and in which a night's arrivals of the 21st were not worked on."""
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("bronze")
    for table in BATCH_TABLES:
        catalog.create_table(table.identifier, SCHEMA).append(SCHEMA.empty_table())
    with catalog.create_table(CALLS, SCHEMA).update_spec() as spec:
        spec.add_field("event_time", DayTransform(), "event_time_day")
    for event_id in ("known", "also known"):
        arrive(catalog, event_id, OLD, ACCEPTED - dt.timedelta(days=9))
    inputs = snapshots_of(catalog, "bronze")
    create_builds(catalog)
    staged = StagedTables(catalog)
    stage_build(staged, SilverBuild(DIGEST, inputs, {}, ACCEPTED, bronze_days(catalog, inputs)))
    staged.commit()
    arrive(catalog, "missed", dt.date(2026, 11, 21), dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC))
    yield catalog
    catalog.close()


def expire_known(catalog: Catalog) -> None:
    build = last_build(catalog)
    assert build is not None
    catalog.load_table(CALLS).maintenance.expire_snapshots().by_id(build.inputs[CALLS]).commit()


def test_arrivals_since_the_accepted_run_count_while_nothing_else_has_changed(catalog: Catalog):
    planned = plan(catalog)
    assert planned.days == (dt.date(2026, 11, 21),)
    assert planned.window.new_since == dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)


def test_a_table_in_bronze_that_is_nobodys_input_is_left_alone(catalog: Catalog):
    known, mine = plan(catalog), catalog.create_table(("bronze", "my_own_table"), pa.schema([("number", pa.int64())]))
    mine.append(pa.table({"number": [1]}))
    planned = plan(catalog)
    assert planned.inputs == known.inputs
    assert planned.days == known.days


def test_a_deployment_makes_whole_days_again_and_forgets_no_arrival(catalog: Catalog):
    planned = plan(catalog, digest="another project")
    assert planned.days == (dt.date(2026, 11, 21),)
    assert planned.window.start == dt.date(2026, 11, 21)
    assert planned.window.new_since is None


def test_a_run_says_what_it_makes_again_because_of_another_calendar_and_what_it_leaves(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
):
    assert "silver_is_made_again" not in (plan(catalog), capsys.readouterr().out)[1]
    plan(catalog, digest=build_digest("project", calendar_variables(Calendar(country="DE"))))
    (said,) = [line for line in capsys.readouterr().out.splitlines() if "silver_is_made_again" in line]
    assert "the calendar" in said
    assert "older days only by a backfill" in said
    assert "2026-11-21" in said


@pytest.mark.parametrize(
    ("calendar", "is_same"),
    [
        (Calendar(), True),
        (Calendar(closes_after_minutes=30), True),
        (Calendar(subdivision="TX"), True),
        (Calendar(country="CA"), False),
        (Calendar(country="DE"), False),
        (Calendar(time_zone="Europe/Berlin"), False),
        (Calendar(fiscal_year_first_month=1), False),
    ],
)
def test_what_silver_and_its_tokens_are_made_by_is_in_the_digest(calendar: Calendar, is_same: bool):
    known = build_digest("project", calendar_variables(Calendar()))
    assert (build_digest("project", calendar_variables(calendar)) == known) is is_same
    assert build_digest("another project", calendar_variables(calendar)) != known


def test_newer_numbering_metadata_is_another_digest(monkeypatch: pytest.MonkeyPatch):
    known = build_digest("project", calendar_variables(Calendar()))
    longer = spelling("1", "1", [10, 11], "011")
    monkeypatch.setattr("jobs.nightly.calendar_variables.spelling_in", lambda country: longer)
    assert build_digest("project", calendar_variables(Calendar())) != known


def test_an_expired_snapshot_hides_neither_arrivals_nor_rows_that_came_with_an_old_stamp(catalog: Catalog):
    arrive(catalog, "held back", LATE, ACCEPTED - dt.timedelta(days=9))
    expire_known(catalog)
    planned = plan(catalog)
    assert planned.days == (LATE, dt.date(2026, 11, 21))
    assert planned.window.new_since is None
    assert planned.rows_left_behind == {"call_events": 0}


def test_days_of_which_rows_were_erased_are_made_again(catalog: Catalog):
    catalog.load_table(CALLS).delete(EqualTo("event_id", "known"))
    catalog.load_table(CALLS).delete(EqualTo("event_id", "missed"))
    expire_known(catalog)
    assert plan(catalog).days == (OLD,)


def test_a_day_that_lost_rows_without_a_trace_is_made_again(catalog: Catalog):
    catalog.load_table(CALLS).delete(EqualTo("event_id", "known"))
    planned = plan(catalog)
    assert planned.days == (OLD, dt.date(2026, 11, 21))
    assert planned.window.new_since is None
    assert planned.rows_left_behind == {"call_events": 0}


def test_a_day_that_was_retired_as_a_whole_stays_as_it_was_made(catalog: Catalog):
    catalog.load_table(CALLS).delete(EqualTo("event_id", "known"))
    catalog.load_table(CALLS).delete(EqualTo("event_id", "also known"))
    assert plan(catalog).days == (dt.date(2026, 11, 21),)


def test_a_backfill_works_on_its_own_days_and_says_nothing_of_others(catalog: Catalog):
    planned = plan(catalog, backfill=DayRange(OLD, LATE))
    assert (planned.days, planned.gold_days, planned.rows_left_behind) == ((OLD,), (OLD,), {})


def test_the_first_run_takes_all_days(catalog: Catalog):
    catalog.drop_table(("audit", "silver_build"))
    planned = plan(catalog)
    assert planned.days == (OLD, dt.date(2026, 11, 21))
    assert planned.rows_left_behind == {}


def note_judged(catalog: Catalog, judged_until: dt.datetime | None) -> None:
    build = last_build(catalog)
    assert build is not None
    staged = StagedTables(catalog)
    stage_build(staged, replace(build, judged_until=judged_until))
    staged.commit()


def note_refused(catalog: Catalog, day: dt.date) -> None:
    create_records(catalog)
    staged = StagedTables(catalog)
    stage_record(staged, PublicationRecord("refused", Action.REFUSED, NOW, day, {}, ("volume",)))
    staged.commit()


def test_a_run_judges_what_no_accepted_one_has_judged_to_its_end(catalog: Catalog):
    assert plan(catalog).unjudged_since == ACCEPTED.date(), "a build of before it was noted"
    note_judged(catalog, dt.datetime(2026, 11, 26, tzinfo=dt.UTC))
    note_refused(catalog, dt.date(2026, 11, 1))
    assert plan(catalog).unjudged_since == dt.date(2026, 11, 26)


def test_before_the_first_accepted_run_the_refused_ones_are_judged_again(catalog: Catalog):
    catalog.drop_table(("audit", "silver_build"))
    assert plan(catalog).unjudged_since is None
    for day in (27, 25, 26):
        note_refused(catalog, dt.date(2026, 11, day))
    assert plan(catalog).unjudged_since == dt.date(2026, 11, 25)
