"""The tag `published` of the gold tables, and the views that read it."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from pyiceberg.catalog import Catalog

from jobs.runtime.trino import TrinoSql

GOLD = "gold"
PUBLISHED_NAMESPACE = "published"
PUBLISHED_TAG = "published"
# Keeps the previous snapshots from expiring, so that a rollback finds them.
PREVIOUS_TAG = "published_before"
VIEWS_AT_ONCE = 4
# Part of the name of every table that dbt makes for the length of a statement.
DBT_TEMPORARY = "__dbt_"


class SnapshotGoneError(Exception):
    """A snapshot that is to be published no longer exists."""


def current_snapshots(catalog: Catalog, namespace: str) -> dict[str, int]:
    """Current snapshot id of every table in a namespace, except empty ones and those that a killed dbt left behind.

    A namespace that is not there yet has none.
    """
    if not catalog.namespace_exists(namespace):
        return {}
    names = [name for _, name in catalog.list_tables(namespace) if DBT_TEMPORARY not in name]
    tables = {name: catalog.load_table((namespace, name)) for name in names}
    snapshots = {name: table.current_snapshot() for name, table in sorted(tables.items())}
    return {name: snapshot.snapshot_id for name, snapshot in snapshots.items() if snapshot}


def move_tags(catalog: Catalog, snapshots: Mapping[str, int]) -> None:
    """Point `published` of each gold table at its snapshot. A tag that is there already stays, without a commit.

    The tags move one after the other, within a second or so; the run's record says when all have moved. Raises
    `SnapshotGoneError` before any of them moves.
    """
    tables = {name: catalog.load_table((GOLD, name)) for name in sorted(snapshots)}
    gone = [name for name, table in tables.items() if table.snapshot_by_id(snapshots[name]) is None]
    if gone:
        raise SnapshotGoneError(
            f"snapshots of {gone} have expired; nothing was moved. "
            "Publish a new run: `python -m jobs.nightly --settings FILE`."
        )
    for name, table in tables.items():
        before = table.metadata.refs.get(PUBLISHED_TAG)
        if before is not None and before.snapshot_id == snapshots[name]:
            continue
        with table.manage_snapshots() as refs:
            refs.create_tag(snapshots[name], PUBLISHED_TAG)
            if before is not None:
                refs.create_tag(before.snapshot_id, PREVIOUS_TAG)


def create_views(sql: TrinoSql, tables: Iterable[str]) -> None:
    """A view `published.<table>` for every table, with the columns that the table has now.

    They are replaced each time, which is cheaper than to ask the engine for the columns of all tables and views.
    """
    sql.run(f"create schema if not exists {sql.catalog}.{PUBLISHED_NAMESPACE}")
    with ThreadPoolExecutor(VIEWS_AT_ONCE, thread_name_prefix="view") as pool:
        list(pool.map(lambda name: _create_view(sql, name), tables))


def _create_view(sql: TrinoSql, name: str) -> None:
    sql.run(
        f"create or replace view {sql.catalog}.{PUBLISHED_NAMESPACE}.{name} security definer as"  # noqa: S608
        f" select * from {sql.catalog}.{GOLD}.{name} for version as of '{PUBLISHED_TAG}'"
    )
