"""A run that is refused or dies: its tables are put back, and whoever changes them next is not undone."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import StringType

from jobs.runtime.commit_errors import ChangedMeanwhileError
from jobs.runtime.lake_changes import changing_lake, put_back
from jobs.runtime.publication import forget
from jobs.runtime.published_tags import PREVIOUS_TAG, SnapshotGoneError, move_tags, tagged
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.table_states import TableState
from jobs.runtime.unfinished_run import Phase, begin_run, unfinished_run

CALLS, FACTS, NEW = ("silver", "silver_calls"), ("gold", "fact_calls"), ("gold", "dim_plans")
BUILDS = (CALLS, FACTS, NEW)
SCHEMA = pa.schema([("number", pa.int64())])


def append(table: Table, *numbers: int) -> None:
    table.append(pa.Table.from_pylist([{"number": number} for number in numbers], schema=SCHEMA))


def numbers(catalog: Catalog, name: tuple[str, str]) -> list[int]:
    return sorted(catalog.load_table(name).scan().to_arrow().column("number").to_pylist())


def half_a_night(catalog: Catalog) -> None:
    """What a run does to its tables before it dies."""
    append(catalog.load_table(CALLS), 2)
    facts = catalog.load_table(FACTS)
    with facts.update_schema() as columns:
        columns.add_column("city", StringType())
    with facts.update_spec() as spec:
        spec.add_field("number", IdentityTransform(), "number_part")
    with facts.transaction() as transaction:
        transaction.set_properties({"comment": "built from the refused input", "extra": "1"})
    append(facts, 3)
    append(catalog.create_table(NEW, SCHEMA), 4)


def state(catalog: Catalog, name: tuple[str, str]) -> TableState:
    return TableState.of(catalog.load_table(name))


def open_lake(folder: Path) -> SqlCatalog:
    return SqlCatalog("lake", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = open_lake(tmp_path)
    for name in (CALLS, FACTS):
        catalog.create_namespace(name[0])
        append(catalog.create_table(name, SCHEMA, properties={"comment": "built from the accepted input"}), 1)
    yield catalog
    catalog.close()


def test_rows_columns_layout_and_comments_are_put_back_and_new_tables_are_dropped(catalog: Catalog, tmp_path: Path):
    before = {name: state(catalog, name) for name in (CALLS, FACTS)}
    run = begin_run(catalog, "run", BUILDS)
    half_a_night(catalog)
    assert numbers(catalog, FACTS) == [1, 3]
    put_back(catalog, run)
    assert {name: state(catalog, name) for name in (CALLS, FACTS)} == before
    assert [numbers(catalog, name) for name in (CALLS, FACTS)] == [[1], [1]]
    assert catalog.load_table(FACTS).schema().column_names == ["number"]
    assert not catalog.table_exists(NEW)
    assert not list(tmp_path.rglob("dim_plans/**/*.parquet")), "rows of a refused run are nowhere to be found"
    assert unfinished_run(catalog) is None


def test_tables_that_were_put_back_take_the_same_changes_again(catalog: Catalog):
    run = begin_run(catalog, "run", BUILDS)
    half_a_night(catalog)
    put_back(catalog, run)
    half_a_night(catalog)
    assert [numbers(catalog, name) for name in (CALLS, FACTS, NEW)] == [[1, 2], [1, 3], [4]]
    assert catalog.load_table(FACTS).schema().column_names == ["number", "city"]


def test_a_table_that_was_empty_is_empty_again(catalog: Catalog):
    catalog.create_table(NEW, SCHEMA)
    run = begin_run(catalog, "run", BUILDS)
    append(catalog.load_table(NEW), 1)
    put_back(catalog, run)
    assert catalog.load_table(NEW).current_snapshot() is None


def test_a_table_whose_snapshot_somebody_expired_stays_and_the_others_are_put_back(catalog: Catalog):
    run = begin_run(catalog, "run", BUILDS)
    expired = state(catalog, FACTS).snapshot
    assert expired is not None
    half_a_night(catalog)
    catalog.load_table(FACTS).maintenance.expire_snapshots().by_id(expired).commit()
    put_back(catalog, run)
    assert [numbers(catalog, name) for name in (CALLS, FACTS)] == [[1], [1, 3]]


def test_whoever_comes_after_a_dead_run_finds_the_tables_put_back_and_is_not_undone(catalog: Catalog):
    append(catalog.load_table(CALLS), 7)
    dead = begin_run(catalog, "dead", BUILDS)
    half_a_night(catalog)
    with changing_lake(catalog, "erasure") as lake:
        assert lake.has_loose_views
        assert numbers(catalog, CALLS) == [1, 7]
        catalog.load_table(CALLS).delete(EqualTo("number", 7))
    with changing_lake(catalog, "the next run") as lake:
        assert lake.has_loose_views, "nobody has looked after the views yet"
        forget(catalog, dead)
    assert numbers(catalog, CALLS) == [1]
    with changing_lake(catalog, "the run after") as lake:
        assert not lake.has_loose_views


def test_one_run_after_another_is_noted(catalog: Catalog):
    for number in range(3):
        run = begin_run(catalog, f"run {number}", BUILDS)
        append(catalog.load_table(CALLS), number)
        put_back(catalog, run)
    assert numbers(catalog, CALLS) == [1]


def test_a_note_says_since_when_a_run_is_under_way(catalog: Catalog):
    run = begin_run(catalog, "run", BUILDS)
    noted = unfinished_run(catalog)
    assert noted is not None
    assert (noted.run_id, noted.phase, noted.tables_before) == ("run", Phase.BUILDING, run.tables_before)
    assert dt.datetime.now(dt.UTC) - noted.started_at < dt.timedelta(minutes=5)


def test_tags_move_as_one_act_and_keep_what_they_pointed_at(catalog: Catalog):
    append(catalog.create_table(NEW, SCHEMA), 1)
    first = {name[1]: state(catalog, name).snapshot or 0 for name in (FACTS, NEW)}
    move_tags(catalog, first)
    for name in (FACTS, NEW):
        append(catalog.load_table(name), 2)
    second = {name[1]: state(catalog, name).snapshot or 0 for name in (FACTS, NEW)}
    with pytest.raises(SnapshotGoneError, match="dim_plans"):
        move_tags(catalog, second | {"dim_plans": 5})
    assert {name[1]: tagged(catalog.load_table(name)) for name in (FACTS, NEW)} == first
    move_tags(catalog, second)
    for name in (FACTS, NEW):
        assert tagged(catalog.load_table(name)) == second[name[1]]
        assert catalog.load_table(name).metadata.refs[PREVIOUS_TAG].snapshot_id == first[name[1]]


def test_an_act_that_presumes_other_tables_than_there_are_is_refused(catalog: Catalog):
    staged = StagedTables(catalog)
    staged.require_snapshot(CALLS, state(catalog, CALLS).snapshot)
    append(staged.load(FACTS), 5)
    append(catalog.load_table(CALLS), 6)
    with pytest.raises(ChangedMeanwhileError, match="silver_calls"):
        staged.commit()
    assert numbers(catalog, FACTS) == [1]
