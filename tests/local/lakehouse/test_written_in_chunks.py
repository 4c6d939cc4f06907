"""Silver made in chunks is the silver that one statement makes, however it is cut and whatever is there already.

Models are run by themselves, with chunks as a nightly run plans them, only smaller. It comes last in this folder by
name: no night judges what it leaves.
"""

import datetime as dt
from collections.abc import Mapping
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
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.run_plan import snapshots_of
from jobs.nightly.run_window import RunWindow
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC
from local.artefacts.dbt import parsed_if_present

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
ROWS_EACH = 300
# Two of them: each chunk is a statement, and all are built alike.
TOPICS = ("call_events", "sms_events")
# The views show the snapshots that the last night read.
VIEWS = [f"bronze_{topic}" for topic in TOPICS]
TABLES = [
    name for topic in TOPICS for name in (SILVER_TABLE_BY_TOPIC[topic], f"{SILVER_TABLE_BY_TOPIC[topic]}_quarantine")
]
# Each of the first table's rows has one of these, so that all of them are touched.
A_THIRD = "_kafka_offset % 3 = 0"


@dataclass(frozen=True)
class Lab:
    """Silver's event tables on the warehouse, and what one statement each makes of them."""

    warehouse: Warehouse
    folder: Path

    def make(self, chunks: ChunkPlan, *words: str, **variables: Any) -> dict[str, tuple[int, bytes]]:
        """Run the models; what the tables hold then."""
        known = self.warehouse.settings
        settings = known.dbt.model_copy(update={"target_directory": self.folder / "target"})
        dbt = Dbt(settings, known.trino, self.warehouse.environ, parsed_if_present())
        told = {"run_date": str(RUN_DATE), "window_start": str(RUN_DATE), "chunks": chunks, **variables}
        dbt.run(("run", *words, "--select", *VIEWS, *TABLES), told)
        return self.contents()

    def contents(self) -> dict[str, tuple[int, bytes]]:
        """Rows and a checksum over all of their values, by table."""
        found = self.warehouse.contents("silver")
        return {name: found[f"silver.{name}"] for name in TABLES}

    def plan(self, window: RunWindow, silver: bool = True, pinned_at: dt.datetime | None = None) -> ChunkPlan:
        """Chunks as the nightly run plans them, small ones."""
        catalog, inputs = self.warehouse.catalog, snapshots_of(self.warehouse.catalog, "bronze")
        tables = snapshots_of(catalog, "silver") if silver else {}
        in_bronze = bronze_days(catalog, inputs)
        return chunk_plan(catalog, inputs, tables, window, self.days(), in_bronze, dt.UTC, ROWS_EACH, pinned_at)

    def days(self) -> list[dt.date]:
        """Every event day of bronze."""
        days = bronze_days(self.warehouse.catalog, snapshots_of(self.warehouse.catalog, "bronze"))
        return sorted({day for of_table in days.values() for day in of_table})

    def settings_of_days(self) -> Mapping[str, Any]:
        return {"touched_days": [str(day) for day in self.days()]}


@pytest.fixture(scope="module")
def lab(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The warehouse, with some rows in every bronze table that fail a check."""
    for topic in TOPICS:
        warehouse.lake.append_rows(topic, rejected(warehouse.lake.table(topic).scan(limit=40).to_arrow()))
    return Lab(warehouse, tmp_path_factory.mktemp("chunks"))


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
def whole(lab: Lab) -> dict[str, tuple[int, bytes]]:
    """What one statement for each table makes."""
    made = lab.make({}, "--full-refresh")
    assert all(rows for rows, _ in made.values())
    return made


def test_tables_that_do_not_exist_yet_are_made_in_the_order_of_arrival(lab: Lab, whole: dict[str, Any]) -> None:
    plan = lab.plan(RunWindow(RUN_DATE, dt.datetime.min, is_silver_current=False), silver=False)
    assert all(of_table["kind"] == "all" and len(of_table["chunks"]) > 1 for of_table in plan.values())
    assert lab.make(plan, "--full-refresh") == whole


def test_arrivals_are_added_and_stand_in_for_what_came_later(lab: Lab, whole: dict[str, Any]) -> None:
    arrived = {
        ("bronze", table): all_arrivals(lab.warehouse.catalog, ("bronze", table), snapshot)
        for (_, table), snapshot in snapshots_of(lab.warehouse.catalog, "bronze").items()
        if table in TOPICS
    }
    moments = sorted(file.oldest for files in arrived.values() for file in files)
    since, pinned_at = moments[0], moments[len(moments) // 2]
    for table in TABLES:
        lab.warehouse.sql.run(f"delete from silver.{table} where _bronze_ingested_at >= timestamp '{pinned_at}'")
    plan = lab.plan(
        RunWindow(RUN_DATE, since, is_silver_current=True, arrived=arrived), pinned_at=pinned_at - CLOCK_SKEW
    )
    kinds = {chunk["is_new"] for of_table in plan.values() for chunk in of_table["chunks"]}
    assert kinds == {True, False}
    variables = {"new_since": f"{since:%Y-%m-%d %H:%M:%S.%f}", **lab.settings_of_days()}
    assert lab.make(plan, **variables) == whole
    assert lab.make(plan, **variables) == whole


def test_whole_days_get_back_what_is_missing_and_lose_what_is_not_in_bronze(lab: Lab, whole: dict[str, Any]) -> None:
    columns = [field.name for field in lab.warehouse.catalog.load_table("silver.silver_sms").schema().fields]
    others = ", ".join("event_id || '-ghost'" if name == "event_id" else name for name in columns)
    lab.warehouse.sql.run(f"delete from silver.silver_calls where {A_THIRD}")
    lab.warehouse.sql.run("update silver.silver_calls set tower_id = 'nowhere' where _kafka_offset % 3 = 1")
    lab.warehouse.sql.run(f"insert into silver.silver_sms select {others} from silver.silver_sms where {A_THIRD}")
    assert lab.contents() != whole
    plan = lab.plan(RunWindow(RUN_DATE, dt.datetime.min, is_silver_current=False))
    assert {of_table["kind"] for of_table in plan.values()} == {"days"}
    assert any(chunk["slices"] > 1 for of_table in plan.values() for chunk in of_table["chunks"])
    assert lab.make(plan, **lab.settings_of_days()) == whole
