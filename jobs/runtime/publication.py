"""Lets readers see other snapshots of gold: all at the same moment, through views that work before and after it.

Tags move as one act. A view cannot be part of that act, so where columns differ, it first shows only those that it has
before and after, then the tags move, then it shows all: a reader never meets a view that its table contradicts.
"""

from collections.abc import Collection, Mapping

from pyiceberg.catalog import Catalog

from jobs.runtime.fail_points import reach
from jobs.runtime.published_tags import GOLD, published_tables, stage_tags, tagged
from jobs.runtime.published_views import Columns, columns_at, create_views, drop_views, shared_columns, view_names
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import Phase, UnfinishedRun, built_tables, end_run, note_phase

# Places where a test may kill the process: around the act itself there are those of `multi_table_commit`.
AFTER_NARROW_VIEWS, AFTER_VIEWS = "publication_after_narrow_views", "publication_after_views"


def show(
    catalog: Catalog,
    sql: TrinoSql,
    staged: StagedTables,
    run: UnfinishedRun,
    snapshots: Mapping[str, int],
    withdrawn: Collection[str] = (),
) -> None:
    """Let readers see exactly these snapshots of the gold tables, and no longer the tables `withdrawn`.

    What `staged` holds back is part of the act, and with it `run` is over but for its views; to be called within
    `changing_lake`. Raises `SnapshotGoneError` and what `commit_together` raises, and readers see what they saw.
    """
    after = {name: columns_at(staged.load((GOLD, name)), snapshot) for name, snapshot in snapshots.items()}
    before = _published_columns(catalog)
    has_view = view_names(sql)
    changed = {name: columns for name, columns in after.items() if before.get(name) != columns or name not in has_view}
    stage_tags(staged, snapshots, withdrawn)
    narrow = {name: shared_columns(columns, before[name]) for name, columns in changed.items() if name in before}
    create_views(sql, {name: columns for name, columns in narrow.items() if columns})
    reach(AFTER_NARROW_VIEWS)
    if not changed and not withdrawn:
        end_run(staged)
        staged.commit()
        return
    note_phase(staged, run, Phase.SHOWING)
    staged.commit()
    create_views(sql, changed)
    drop_views(sql, withdrawn)
    reach(AFTER_VIEWS)
    forget(catalog)


def refresh_views(catalog: Catalog, sql: TrinoSql, tables: Collection[str]) -> None:
    """Give these gold tables, if they are published, a view with all columns of what is published."""
    published = _published_columns(catalog)
    create_views(sql, {name: published[name] for name in tables if name in published})


def mend_views(catalog: Catalog, sql: TrinoSql) -> None:
    """Give all that is published a view with all its columns, and no other gold table one, after a change that died."""
    published = _published_columns(catalog)
    gold = {name for namespace, name in built_tables(catalog) if namespace == GOLD}
    drop_views(sql, sorted(view_names(sql) & gold - published.keys()))
    create_views(sql, published)
    forget(catalog)


def forget(catalog: Catalog) -> None:
    """Take the note of a run away, of which nothing is left to do."""
    staged = StagedTables(catalog)
    end_run(staged)
    staged.commit()


def _published_columns(catalog: Catalog) -> dict[str, Columns]:
    tables = published_tables(catalog)
    return {name: columns_at(table, tagged(table) or 0) for name, table in tables.items()}
