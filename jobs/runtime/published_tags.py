"""The tag `published` of the gold tables: what readers see."""

from collections.abc import Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchNamespaceError
from pyiceberg.table import Table
from pyiceberg.table.update import AssertRefSnapshotId, RemoveSnapshotRefUpdate, TableUpdate

from jobs.runtime.staged_tables import StagedTables, point_ref

GOLD = "gold"
PUBLISHED_TAG = "published"
# Keeps the previous snapshots from expiring, so that a rollback finds them.
PREVIOUS_TAG = "published_before"
TABLES_AT_ONCE = 8
# Part of the name of every table that dbt makes for the length of a statement.
DBT_TEMPORARY = "__dbt_"


class SnapshotGoneError(Exception):
    """A snapshot that is to be published no longer exists."""


def current_snapshots(catalog: Catalog, namespace: str, among: Container[str] | None = None) -> dict[str, int]:
    """Current snapshot id of every table in a namespace, except empty ones and those that a killed dbt left behind.

    With `among`, tables of other names are not looked at. A namespace that is not there yet has none.
    """
    if not catalog.namespace_exists(namespace):
        return {}
    names = [name for _, name in catalog.list_tables(namespace) if DBT_TEMPORARY not in name]
    if among is not None:
        names = [name for name in names if name in among]
    tables = _load(catalog, namespace, names)
    snapshots = {name: table.current_snapshot() for name, table in sorted(tables.items())}
    return {name: snapshot.snapshot_id for name, snapshot in snapshots.items() if snapshot}


def published_tables(catalog: Catalog) -> dict[str, Table]:
    """The gold tables that are published, by name."""
    return {name: table for name, table in _gold_tables(catalog).items() if PUBLISHED_TAG in table.metadata.refs}


def withdrawn_tables(catalog: Catalog) -> set[str]:
    """The gold tables that were published, and are no longer."""
    tables = _gold_tables(catalog).items()
    return {name for name, table in tables if PREVIOUS_TAG in table.metadata.refs and tagged(table) is None}


def move_tags(catalog: Catalog, snapshots: Mapping[str, int]) -> None:
    """Point `published` of each gold table at its snapshot, as one act. Raises as `stage_tags` and `commit_together`.

    Views stay as they are: `publication.show` is for snapshots with other columns.
    """
    staged = StagedTables(catalog)
    stage_tags(staged, snapshots)
    staged.commit()


def stage_tags(staged: StagedTables, snapshots: Mapping[str, int], withdrawn: Iterable[str] = ()) -> None:
    """Let the commit of `staged` move the tags to these snapshots, and take them from the tables `withdrawn`.

    It fails if somebody moves one of them before. Raises `SnapshotGoneError`.
    """
    tables = {name: staged.load((GOLD, name)) for name in sorted(snapshots)}
    gone = [name for name, table in tables.items() if table.snapshot_by_id(snapshots[name]) is None]
    if gone:
        raise SnapshotGoneError(
            f"snapshots of {gone} have expired; nothing was moved. "
            "Publish a new run: `python -m jobs.nightly --settings FILE`."
        )
    for name, table in tables.items():
        if tagged(table) != snapshots[name]:
            _stage(staged, table, point_ref(PUBLISHED_TAG, "tag", snapshots[name]))
    for name in withdrawn:
        _stage(staged, staged.load((GOLD, name)), RemoveSnapshotRefUpdate(ref_name=PUBLISHED_TAG))


def tagged(table: Table) -> int | None:
    """Snapshot of the table that readers see; None if it is not published."""
    ref = table.metadata.refs.get(PUBLISHED_TAG)
    return ref.snapshot_id if ref else None


def _gold_tables(catalog: Catalog) -> dict[str, Table]:
    try:
        return dict(sorted(_load(catalog, GOLD, [name for _, name in catalog.list_tables(GOLD)]).items()))
    except NoSuchNamespaceError:
        return {}


def _stage(staged: StagedTables, table: Table, update: TableUpdate) -> None:
    before = tagged(table)
    keep = (point_ref(PREVIOUS_TAG, "tag", before),) if before is not None else ()
    staged.change(table.name(), (update, *keep), (AssertRefSnapshotId(ref=PUBLISHED_TAG, snapshot_id=before),))


def _load(catalog: Catalog, namespace: str, names: Iterable[str]) -> dict[str, Table]:
    names = list(names)
    with ThreadPoolExecutor(TABLES_AT_ONCE, thread_name_prefix="load") as pool:
        return dict(zip(names, pool.map(lambda name: catalog.load_table((namespace, name)), names), strict=True))
