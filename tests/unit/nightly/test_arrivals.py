"""What arrived since a snapshot, read out of Iceberg's manifests."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import LessThan
from pyiceberg.table.snapshots import Operation, Summary
from pyiceberg.table.update import AddSnapshotUpdate

from contracts.tables import INGESTED_AT_COLUMN
from jobs.nightly.arrivals import UnknownArrivalsError, arrivals_since, oldest_of
from jobs.runtime.staged_tables import StagedTables

CALLS, PLANS = ("bronze", "calls"), ("bronze", "plans")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SCHEMA = pa.schema([("number", pa.int64()), (INGESTED_AT_COLUMN, pa.timestamp("us", tz="UTC"))])


def arrive(catalog: Catalog, name: tuple[str, str], *minutes: int) -> int:
    """Append a row for each of these minutes after noon; the snapshot."""
    rows = [{"number": minute, INGESTED_AT_COLUMN: NOON + dt.timedelta(minutes=minute)} for minute in minutes]
    table = catalog.load_table(name)
    table.append(pa.Table.from_pylist(rows, schema=SCHEMA))
    return snapshot(catalog, name)


def snapshot(catalog: Catalog, name: tuple[str, str]) -> int:
    current = catalog.load_table(name).current_snapshot()
    assert current is not None
    return current.snapshot_id


def minutes_after_noon(catalog: Catalog, known: int, current: int) -> float | None:
    oldest = oldest_of(arrivals_since(catalog, {CALLS: known}, {CALLS: current}))
    return None if oldest is None else (oldest - NOON) / dt.timedelta(minutes=1)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("bronze")
    for name in (CALLS, PLANS):
        catalog.create_table(name, SCHEMA)
    yield catalog
    catalog.close()


def test_nothing_arrived_where_the_snapshots_are_the_same(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    assert minutes_after_noon(catalog, known, known) is None


def test_the_oldest_of_all_rows_that_arrived_counts_and_no_older_file(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    arrive(catalog, CALLS, 30, 9)
    assert minutes_after_noon(catalog, known, arrive(catalog, CALLS, 20)) == 9


def test_what_arrives_after_the_snapshot_that_a_run_reads_is_the_next_runs_matter(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    read = arrive(catalog, CALLS, 20)
    arrive(catalog, CALLS, 2)
    assert minutes_after_noon(catalog, known, read) == 20


def test_the_oldest_over_all_tables_counts(catalog: Catalog):
    known = {CALLS: arrive(catalog, CALLS, 1), PLANS: arrive(catalog, PLANS, 1)}
    current = {CALLS: arrive(catalog, CALLS, 40), PLANS: arrive(catalog, PLANS, 30)}
    assert oldest_of(arrivals_since(catalog, known, current)) == NOON + dt.timedelta(minutes=30)


def test_a_file_that_was_rewritten_counts_as_arrived(catalog: Catalog):
    known = arrive(catalog, CALLS, 1, 5)
    catalog.load_table(CALLS).delete(LessThan("number", 5))
    assert minutes_after_noon(catalog, known, snapshot(catalog, CALLS)) == 5


def test_a_table_that_the_run_before_did_not_know_is_named(catalog: Catalog):
    current = {CALLS: arrive(catalog, CALLS, 1)}
    with pytest.raises(UnknownArrivalsError, match=r"bronze\.calls"):
        arrivals_since(catalog, {}, current)


def test_an_expired_snapshot_is_named(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    current = arrive(catalog, CALLS, 2)
    catalog.load_table(CALLS).maintenance.expire_snapshots().by_id(known).commit()
    with pytest.raises(UnknownArrivalsError, match=str(known)):
        minutes_after_noon(catalog, known, current)


def test_a_file_without_bounds_is_named(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    with catalog.load_table(CALLS).transaction() as transaction:
        transaction.set_properties({f"write.metadata.metrics.column.{INGESTED_AT_COLUMN}": "none"})
    with pytest.raises(UnknownArrivalsError, match="when its rows arrived"):
        minutes_after_noon(catalog, known, arrive(catalog, CALLS, 2))


def compact(catalog: Catalog) -> int:
    """Rewrite all files, in commits that say as those of an engine's maintenance do that no row is new."""
    staged = StagedTables(catalog)
    staged.load(CALLS).overwrite(catalog.load_table(CALLS).scan().to_arrow())
    (change,) = staged.held_back
    updates = [of_compaction(update) if isinstance(update, AddSnapshotUpdate) else update for update in change.updates]
    catalog.commit_table(catalog.load_table(CALLS), change.requirements, tuple(updates))
    return snapshot(catalog, CALLS)


def of_compaction(update: AddSnapshotUpdate) -> AddSnapshotUpdate:
    known = update.snapshot.summary
    assert known is not None
    summary = Summary(Operation.REPLACE, **known.additional_properties)
    return AddSnapshotUpdate(snapshot=update.snapshot.model_copy(update={"summary": summary}))


def test_compaction_makes_no_row_new_and_hides_none(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    arrive(catalog, CALLS, 20)
    assert minutes_after_noon(catalog, known, compact(catalog)) == 20
    compacted = snapshot(catalog, CALLS)
    assert minutes_after_noon(catalog, compacted, compact(catalog)) is None


def test_where_commits_before_a_compaction_have_expired_its_files_count_as_arrived(catalog: Catalog):
    known = arrive(catalog, CALLS, 1)
    gone = arrive(catalog, CALLS, 20)
    compacted = compact(catalog)
    catalog.load_table(CALLS).maintenance.expire_snapshots().by_id(gone).commit()
    assert minutes_after_noon(catalog, known, compacted) == 1
