"""A publication that dies at each of its steps, and a rollback after columns were added: readers see one state or the
other, and whoever comes next heals the rest.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.types import LongType
from warehouse import EVENING, RUN_DATE, Warehouse

from contracts.batch_settings import NightlySettings
from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.publish.publish import publish, roll_back
from jobs.runtime.fail_points import ENVIRONMENT_VARIABLE
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.multi_table_commit import AFTER_ACT, BEFORE_ACT
from jobs.runtime.publication import AFTER_NARROW_VIEWS, AFTER_VIEWS, mend_views
from jobs.runtime.published_tags import GOLD
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import begin_run, unfinished_run

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
LEFT, RIGHT = "crash_left", "crash_right"
BOTH = (LEFT, RIGHT)
# The first commit of a run is its note, the second is the act.
STEPS = (AFTER_NARROW_VIEWS, f"{BEFORE_ACT}:2", f"{AFTER_ACT}:2", AFTER_VIEWS)
IS_SHOWN = {AFTER_NARROW_VIEWS: False, f"{BEFORE_ACT}:2": False, f"{AFTER_ACT}:2": True, AFTER_VIEWS: True}
IN_A_PROCESS = """
import json, os, sys
from contracts.batch_settings import NightlySettings
from test_publication_crashes import run_and_publish
run_and_publish(NightlySettings.model_validate_json(sys.argv[1]), os.environ, int(sys.argv[2]))
"""


def run_and_publish(settings: NightlySettings, environ, number: int) -> None:
    """A run that adds a row and a column, both named after its number, to both tables and publishes them."""
    catalog, sql = open_catalog(settings.catalog, settings.s3, environ), TrinoSql(settings.trino, environ)
    with changing_lake(catalog, "a run of the tests") as lake:
        if lake.has_loose_views:
            mend_views(catalog, sql)
        unfinished = begin_run(catalog, run_id(number), [(GOLD, name) for name in BOTH])
        outputs = {}
        for name in BOTH:
            table = catalog.load_table((GOLD, name))
            with table.update_schema() as columns:
                columns.add_column(f"extra_{number}", LongType())
            table.append(pa.table({"number": [number], f"extra_{number}": [number]}))
            outputs[GOLD, name] = table.metadata.current_snapshot_id or 0
        run = AuditedRun(
            run_id=run_id(number),
            run_date=RUN_DATE,
            window_start=RUN_DATE,
            days=(),
            now=EVENING,
            inputs={},
            outputs=outputs,
        )
        publish(catalog, sql, run, unfinished, None)
    sql.close()


def run_id(number: int) -> str:
    return f"crash-{number}"


@dataclass(frozen=True)
class Readers:
    """What readers of the two tables see."""

    warehouse: Warehouse

    def numbers(self) -> list[int]:
        """The rows, which are the same in both tables."""
        left, right = (
            [row["number"] for row in self.warehouse.rows(f"select number from published.{name} order by 1")]
            for name in BOTH
        )
        assert left == right, "a mix of two publications"
        return left

    def columns(self, name: str) -> set[str]:
        """Columns of a view."""
        return {
            row["column_name"]
            for row in self.warehouse.rows(
                "select column_name from information_schema.columns"
                f" where table_schema = 'published' and table_name = '{name}'"
            )
        }

    def recorded(self, number: int) -> list[str]:
        """What `audit.publications` says of a run."""
        rows = self.warehouse.rows(f"select action from audit.publications where run_id = '{run_id(number)}'")
        return [row["action"] for row in rows]


@pytest.fixture(scope="module")
def readers(warehouse: Warehouse) -> Iterator[Readers]:
    """Readers of two small tables, which have been published once."""
    for name in BOTH:
        warehouse.catalog.create_table((GOLD, name), pa.schema([("number", pa.int64())]))
    run_and_publish(warehouse.settings, warehouse.environ, 0)
    yield Readers(warehouse)
    for name in BOTH:
        warehouse.sql.run(f"drop view if exists published.{name}")
        warehouse.catalog.purge_table((GOLD, name))


@pytest.mark.parametrize("step", STEPS)
def test_a_publication_that_dies_leaves_readers_with_one_state_as_a_whole(readers: Readers, step: str) -> None:
    warehouse, number = readers.warehouse, 1 + STEPS.index(step)
    before = readers.numbers()
    settings = warehouse.settings.model_dump_json()
    path = os.pathsep.join([str(Path.cwd()), *(entry for entry in sys.path if "tests" in entry)])
    environ = {**os.environ, **warehouse.environ, ENVIRONMENT_VARIABLE: step, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, settings, str(number)], env=environ, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    shown = [*before, number] if IS_SHOWN[step] else before
    assert readers.numbers() == shown
    assert readers.recorded(number) == (["published"] if IS_SHOWN[step] else [])
    assert unfinished_run(warehouse.catalog) is not None
    with changing_lake(warehouse.catalog, "the next one") as lake:
        assert lake.has_loose_views
        mend_views(warehouse.catalog, warehouse.sql)
    assert readers.numbers() == shown
    assert readers.columns(LEFT) == {"number", "extra_0"} | {f"extra_{n}" for n in shown if n}
    assert warehouse.rows(f"select number from gold.{LEFT} order by 1") == [{"number": n} for n in shown]
    assert unfinished_run(warehouse.catalog) is None


def test_a_rollback_after_a_column_was_added_brings_rows_and_columns_back(readers: Readers) -> None:
    warehouse, before = readers.warehouse, readers.numbers()
    known = readers.columns(RIGHT)
    run_and_publish(warehouse.settings, warehouse.environ, 9)
    assert readers.numbers() == [*before, 9]
    assert readers.columns(RIGHT) == {*known, "extra_9"}
    record = roll_back(warehouse.catalog, warehouse.sql)
    assert record.run_id == run_id(before[-1])
    assert readers.numbers() == before
    assert readers.columns(RIGHT) == known
    assert json.loads(warehouse.value("select max_by(snapshots, at) from audit.publications")) == record.snapshots


def test_a_rollback_to_before_a_table_was_published_takes_it_from_readers(readers: Readers) -> None:
    warehouse = readers.warehouse
    while set(record := roll_back(warehouse.catalog, warehouse.sql).snapshots) & set(BOTH):
        assert set(record) == set(BOTH)
    assert not readers.columns(LEFT)
    assert warehouse.published() == record
    assert warehouse.value("select count(*) from published.fact_calls") > 0
