"""Rows of bronze by day, out of Iceberg's manifests, and what no run has worked on."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.transforms import DayTransform

from jobs.nightly.bronze_days import bronze_days, changed_days, event_days_of, rows_left_behind
from jobs.nightly.gates.judging.left_behind import left_behind

CALLS = ("bronze", "call_events")
FIRST, SECOND = dt.date(2026, 11, 1), dt.date(2026, 11, 2)
SCHEMA = pa.schema([("event_id", pa.string()), ("event_time", pa.timestamp("us", tz="UTC"))])
BERLIN = ZoneInfo("Europe/Berlin")


def arrive(catalog: Catalog, *days: dt.date) -> int:
    noons = [dt.datetime.combine(day, dt.time(12), dt.UTC) for day in days]
    rows = [{"event_id": f"{number}-{noon}", "event_time": noon} for number, noon in enumerate(noons)]
    catalog.load_table(CALLS).append(pa.Table.from_pylist(rows, schema=SCHEMA))
    return current(catalog)


def current(catalog: Catalog) -> int:
    snapshot = catalog.load_table(CALLS).current_snapshot()
    assert snapshot is not None
    return snapshot.snapshot_id


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("bronze")
    table = catalog.create_table(CALLS, SCHEMA)
    with table.update_spec() as spec:
        spec.add_field("event_time", DayTransform(), "event_time_day")
    yield catalog
    catalog.close()


def test_rows_are_counted_by_day_whether_commits_are_of_one_day_or_of_several(catalog: Catalog):
    arrive(catalog, FIRST, FIRST)
    assert bronze_days(catalog, {CALLS: arrive(catalog, FIRST, SECOND)}) == {"call_events": {FIRST: 3, SECOND: 1}}


def test_the_snapshot_that_a_run_reads_is_counted_and_no_later_one(catalog: Catalog):
    pinned = arrive(catalog, FIRST)
    arrive(catalog, SECOND)
    assert bronze_days(catalog, {CALLS: pinned}) == {"call_events": {FIRST: 1}}


def test_rows_that_were_erased_do_not_count(catalog: Catalog):
    arrive(catalog, FIRST, FIRST)
    table = catalog.load_table(CALLS)
    table.delete(EqualTo("event_id", table.scan().to_arrow().column("event_id")[0].as_py()))
    assert bronze_days(catalog, {CALLS: current(catalog)}) == {"call_events": {FIRST: 1}}


def test_a_partitioning_that_gained_a_column_is_read_beside_the_old_one(catalog: Catalog):
    arrive(catalog, FIRST)
    with catalog.load_table(CALLS).update_spec() as spec:
        spec.add_identity("event_id")
    assert bronze_days(catalog, {CALLS: arrive(catalog, FIRST, SECOND)}) == {"call_events": {FIRST: 2, SECOND: 1}}


def test_a_table_without_days_and_one_that_is_no_event_table_are_left_out(catalog: Catalog):
    catalog.create_table(("bronze", "sms_events"), SCHEMA)
    catalog.load_table(("bronze", "sms_events")).append(
        pa.Table.from_pylist([{"event_id": "a", "event_time": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}], schema=SCHEMA)
    )
    sms = catalog.load_table(("bronze", "sms_events")).current_snapshot()
    assert sms is not None
    assert bronze_days(catalog, {("bronze", "sms_events"): sms.snapshot_id, ("bronze", "payments"): 1}) == {}


def test_a_day_with_more_or_fewer_rows_has_changed_and_one_that_was_removed_has_not():
    known = {"call_events": {FIRST: 5, SECOND: 5}}
    assert changed_days(known, {"call_events": {FIRST: 4, SECOND: 5}}) == {FIRST}
    assert changed_days(known, {"call_events": {FIRST: 5, SECOND: 6}}) == {SECOND}
    assert changed_days(known, {"call_events": {SECOND: 5}}) == set()
    assert changed_days({}, {"sms_events": {FIRST: 1}}) == {FIRST}


def test_a_day_of_utc_belongs_to_two_days_elsewhere():
    assert event_days_of([FIRST], dt.UTC) == {FIRST}
    assert event_days_of([FIRST], BERLIN) == {FIRST, SECOND}


def test_rows_of_days_that_the_run_does_not_work_on_are_left_behind():
    known, now = (
        {"call_events": {FIRST: 5, SECOND: 5}},
        {"call_events": {FIRST: 7, SECOND: 9}, "sms_events": {FIRST: 9}},
    )
    assert rows_left_behind(known, now, [FIRST, SECOND], dt.UTC) == {"call_events": 0}
    assert rows_left_behind(known, now, [SECOND], dt.UTC) == {"call_events": 2}
    assert rows_left_behind(known, now, [SECOND], BERLIN) == {"call_events": 0}
    (reading,) = left_behind({"call_events": 2})
    assert (reading.subject, reading.value) == ("call_events left behind", 2)
