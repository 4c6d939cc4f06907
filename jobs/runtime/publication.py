"""Lets readers see other snapshots of gold: all at the same moment, through views that work before and after it.

Tags move as one act. A view cannot be part of that act, so where columns differ, it first shows only those that it has
before and after, then the tags move, then it shows all: a reader never meets a view that its table contradicts.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress

from pyiceberg.catalog import Catalog

from jobs.runtime.commit_errors import ChangedMeanwhileError
from jobs.runtime.consent_at_reading import ONLY_WITH_CONSENT
from jobs.runtime.fail_points import reach
from jobs.runtime.published_tags import GOLD, published_tables, stage_tags, tagged, withdrawn_tables
from jobs.runtime.published_views import Columns, columns_at, create_views, drop_views, shared_columns, view_names
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import (
    LostRunError,
    Phase,
    UnfinishedRun,
    end_run,
    note_phase,
    require_own_note,
    unfinished_run,
)

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
    `changing_lake`. Raises `LostRunError`, `SnapshotGoneError` and what `commit_together` raises, and readers see what
    they saw.
    """
    require_own_note(staged, run)
    after = {name: columns_at(staged.load((GOLD, name)), snapshot) for name, snapshot in snapshots.items()}
    before = _published_columns(catalog)
    has_view = view_names(sql)
    changed = {name: columns for name, columns in after.items() if before.get(name) != columns or name not in has_view}
    stage_tags(staged, snapshots, withdrawn)
    narrow = {name: shared_columns(columns, before[name]) for name, columns in changed.items() if name in before}
    # Those of an earlier version of this project did not ask for consent.
    asking = {name: before[name] for name in ONLY_WITH_CONSENT & before.keys() - changed.keys()}
    create_views(sql, {name: columns for name, columns in (narrow | asking).items() if columns})
    reach(AFTER_NARROW_VIEWS)
    has_views_to_show = bool(changed or withdrawn)
    if has_views_to_show:
        note_phase(staged, run, Phase.SHOWING)
    else:
        end_run(staged, run)
    _commit(catalog, sql, staged, narrow)
    if has_views_to_show:
        create_views(sql, changed)
        drop_views(sql, withdrawn)
        reach(AFTER_VIEWS)
        forget(catalog, run)


def refresh_views(catalog: Catalog, sql: TrinoSql, tables: Collection[str]) -> None:
    """Give these gold tables, if they are published, a view with all columns of what is published."""
    published = _published_columns(catalog)
    create_views(sql, {name: published[name] for name in tables if name in published})


def mend_views(catalog: Catalog, sql: TrinoSql) -> None:
    """Give all that is published a view with all its columns, and take away those of tables that were withdrawn, after
    a change that died.
    """
    noted = unfinished_run(catalog)
    drop_views(sql, sorted(view_names(sql) & withdrawn_tables(catalog)))
    create_views(sql, _published_columns(catalog))
    if noted is not None and noted.phase is Phase.SHOWING:
        forget(catalog, noted)


def forget(catalog: Catalog, run: UnfinishedRun) -> None:
    """Take the note of a run away, of which nothing is left to do. If it is another's by now, it stays."""
    staged = StagedTables(catalog)
    with suppress(LostRunError, ChangedMeanwhileError):
        end_run(staged, run)
        staged.commit()


def _commit(catalog: Catalog, sql: TrinoSql, staged: StagedTables, narrowed: Collection[str]) -> None:
    try:
        staged.commit()
    except Exception:
        # Nobody else knows that these views lack columns, if the note is another's by now.
        refresh_views(catalog, sql, narrowed)
        raise


def _published_columns(catalog: Catalog) -> dict[str, Columns]:
    tables = published_tables(catalog)
    return {name: columns_at(table, tagged(table) or 0) for name, table in tables.items()}
