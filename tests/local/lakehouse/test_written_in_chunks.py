"""Silver made in chunks is the silver that one statement makes, however it is cut and whatever is there already.

Models are run by themselves, with chunks as a nightly run plans them, only smaller. It comes last in this folder by
name: no night judges what it leaves.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from warehouse import RUN_DATE, Warehouse

from jobs.nightly.arrivals import all_arrivals
from jobs.nightly.bronze_days import bronze_days
from jobs.nightly.chunk_plan import CLOCK_SKEW, ChunkPlan, chunk_plan
from jobs.nightly.chunks import Arrivals
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.run_plan import snapshots_of
from jobs.nightly.run_window import RunWindow
from local.artefacts.dbt import parsed_if_present

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
# One of the event tables and its quarantine: all are built alike, and each chunk is a statement.
CALLS = "call_events"
TABLES = ("silver_calls", "silver_calls_quarantine")
# The view shows the snapshot that the last night read.
MODELS = ("bronze_call_events", *TABLES)
CHUNKS, SLICES = 4, 2
TWICE = "sent-again-with-another-day"
Contents = dict[str, tuple[int, bytes]]


@dataclass(frozen=True)
class Lab:
    """Silver's calls on the warehouse, with bronze as it was when the lab was opened."""

    warehouse: Warehouse
    folder: Path
    arrived: tuple[Arrivals, ...]
    rows_by_day: Mapping[dt.date, int]

    def make(self, chunks: ChunkPlan, *words: str, **variables: Any) -> Contents:
        """Run the models; what the tables hold then."""
        known = self.warehouse.settings
        settings = known.dbt.model_copy(update={"target_directory": self.folder / "target"})
        dbt = Dbt(settings, known.trino, self.warehouse.environ, parsed_if_present())
        told = {"run_date": str(RUN_DATE), "window_start": str(RUN_DATE), "chunks": chunks, **variables}
        dbt.run(("run", *words, "--select", *MODELS), told)
        return self.contents()

    def contents(self) -> Contents:
        """Rows and a checksum over all of their values, by table."""
        found = {}
        for name in TABLES:
            columns = ", ".join(self.warehouse.catalog.load_table(f"silver.{name}").schema().column_names)
            (row,) = self.warehouse.rows(f"select count(*) as n, checksum(row({columns})) as sum from silver.{name}")
            found[name] = (row["n"], row["sum"])
        return found

    def plan(
        self,
        window: RunWindow,
        rows_each: int,
        days: Sequence[dt.date] = (),
        silver: bool = True,
        pinned_at: dt.datetime | None = None,
    ) -> ChunkPlan:
        """Chunks of calls as the nightly run plans them, small ones."""
        catalog = self.warehouse.catalog
        inputs = {("bronze", CALLS): snapshots_of(catalog, "bronze")["bronze", CALLS]}
        tables = snapshots_of(catalog, "silver") if silver else {}
        in_bronze = {CALLS: self.rows_by_day}
        return chunk_plan(catalog, inputs, tables, window, days, in_bronze, dt.UTC, rows_each, pinned_at)

    @property
    def a_part(self) -> int:
        """Rows of one of some chunks of everything."""
        return sum(self.rows_by_day.values()) // CHUNKS

    @property
    def largest_days(self) -> list[dt.date]:
        """Those of bronze."""
        return largest_two(self.rows_by_day)


@pytest.fixture(scope="module")
def lab(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The warehouse, with some calls in bronze that fail a check, and one that names two days."""
    catalog, bronze = warehouse.catalog, ("bronze", CALLS)
    warehouse.lake.append_rows(CALLS, rejected(warehouse.lake.table(CALLS).scan(limit=40).to_arrow()))
    name_two_days(warehouse)
    inputs = snapshots_of(catalog, "bronze")
    by_day = bronze_days(catalog, {bronze: inputs[bronze]})[CALLS]
    return Lab(warehouse, tmp_path_factory.mktemp("chunks"), all_arrivals(catalog, bronze, inputs[bronze]), by_day)


def name_two_days(warehouse: Warehouse) -> None:
    """A call of the later of the two largest days, sent again an hour afterwards with the time of the other."""
    table = warehouse.lake.table(CALLS)
    of_calls = snapshots_of(warehouse.catalog, "bronze")
    by_day = bronze_days(warehouse.catalog, {("bronze", CALLS): of_calls["bronze", CALLS]})[CALLS]
    earlier, later = sorted(largest_two(by_day))
    calls = table.scan().to_arrow()
    calls = calls.filter(pc.less_equal(calls["latitude"], 90.0))
    (call,) = calls.filter(pc.equal(pc.cast(calls["event_time"], pa.date32()), later)).slice(0, 1).to_pylist()
    first = call | {"event_id": TWICE, "_kafka_offset": 2_000_000}
    days_back = later - earlier
    again = first | {
        **{time: first[time] - days_back for time in ("event_time", "start_time", "end_time")},
        "_kafka_offset": 2_000_001,
        "_bronze_ingested_at": first["_bronze_ingested_at"] + dt.timedelta(hours=1),
    }
    warehouse.lake.append_rows(CALLS, pa.Table.from_pylist([first, again], schema=calls.schema))


def largest_two(rows_by_day: Mapping[dt.date, int]) -> list[dt.date]:
    """The two days with the most rows, the largest first."""
    return sorted(rows_by_day, key=lambda day: rows_by_day[day], reverse=True)[:2]


def rejected(rows: pa.Table) -> pa.Table:
    """The same rows under ids and at positions of their own, far off the map."""
    changes = {
        "event_id": pc.binary_join_element_wise(rows["event_id"], pa.scalar("bad"), "-"),
        "_kafka_offset": pc.add(rows["_kafka_offset"], 1_000_000),
        "latitude": pc.add(rows["latitude"], 1_000.0),
    }
    for name, values in changes.items():
        position = rows.schema.get_field_index(name)
        rows = rows.set_column(position, rows.schema.field(position), values)
    return rows


@pytest.fixture(scope="module")
def whole(lab: Lab) -> Contents:
    """What one statement for each table makes."""
    made = lab.make({}, "--full-refresh")
    assert all(rows for rows, _ in made.values())
    assert lab.warehouse.value(f"select count(*) from silver.silver_calls where event_id = '{TWICE}'") == 1
    return made


def test_tables_that_do_not_exist_yet_are_made_in_the_order_of_arrival(lab: Lab, whole: Contents) -> None:
    plan = lab.plan(RunWindow(RUN_DATE, dt.datetime.min, is_silver_current=False), lab.a_part, silver=False)
    assert plan[CALLS]["kind"] == "all"
    assert len(plan[CALLS]["chunks"]) > 1
    assert lab.make(plan, "--full-refresh") == whole


def test_arrivals_are_added_and_stand_in_for_what_came_later(lab: Lab, whole: Contents) -> None:
    moments = sorted(file.oldest for file in lab.arrived)
    since, pinned_at = moments[0], moments[len(moments) // 2]
    for table in TABLES:
        lab.warehouse.sql.run(f"delete from silver.{table} where _bronze_ingested_at >= timestamp '{pinned_at}'")
    window = RunWindow(RUN_DATE, since, is_silver_current=True, arrived={("bronze", CALLS): lab.arrived})
    plan = lab.plan(window, lab.a_part, pinned_at=pinned_at - CLOCK_SKEW)
    assert {chunk["is_new"] for chunk in plan[CALLS]["chunks"]} == {True, False}
    days = [str(day) for day in lab.rows_by_day]
    variables = {"new_since": f"{since:%Y-%m-%d %H:%M:%S.%f}", "touched_days": days}
    assert lab.make(plan, **variables) == whole
    assert lab.make(plan, **variables) == whole


def test_whole_days_get_back_what_is_missing_and_lose_what_is_not_in_bronze(lab: Lab, whole: Contents) -> None:
    names = lab.warehouse.catalog.load_table("silver.silver_calls").schema().column_names
    others = ", ".join("event_id || '-ghost'" if name == "event_id" else name for name in names)
    days = ", ".join(f"date '{day}'" for day in lab.largest_days)
    third = f"where event_date in ({days}) and _kafka_offset % 3"
    lab.warehouse.sql.run(f"delete from silver.silver_calls {third} = 0")
    lab.warehouse.sql.run(f"update silver.silver_calls set tower_id = 'nowhere' {third} = 1")
    lab.warehouse.sql.run(f"insert into silver.silver_calls select {others} from silver.silver_calls {third} = 2")
    lab.warehouse.sql.run(f"delete from silver.silver_calls where event_id = '{TWICE}'")
    assert lab.contents() != whole
    window = RunWindow(RUN_DATE, dt.datetime.min, is_silver_current=False)
    plan = lab.plan(window, lab.rows_by_day[lab.largest_days[0]] // SLICES, lab.largest_days)
    assert plan[CALLS]["kind"] == "days"
    assert len(plan[CALLS]["chunks"]) == len(lab.largest_days)
    assert max(chunk["slices"] for chunk in plan[CALLS]["chunks"]) >= SLICES
    assert lab.make(plan, touched_days=[str(day) for day in lab.largest_days]) == whole
