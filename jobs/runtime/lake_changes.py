"""For whoever changes silver or gold: one at a time, and never on top of what a dead run left behind."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from pyiceberg.catalog import Catalog

from jobs.runtime.lake_lock import locked_lake
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.unfinished_run import Phase, UnfinishedRun, built_tables, end_run, note_phase, unfinished_run

log = structlog.get_logger()


@contextmanager
def changing_lake(catalog: Catalog, holder: str) -> Iterator[bool]:
    """Hold the lake's lock as `holder`, with silver and gold as the last complete change left them.

    Compaction, erasure, rollback and runs all go through here: a run that died has its tables put back first, so that
    no later restore undoes what the caller does. Yields True if views may lack columns since then, which
    `published_views.mend_views` puts right. Raises `LakeBusyError`.
    """
    with locked_lake(catalog, holder):
        run = unfinished_run(catalog)
        if run is not None and run.phase is Phase.BUILDING:
            log.warning("put_back_after_dead_run", run_id=run.run_id, started_at=str(run.started_at))
            put_back(catalog, run, Phase.SHOWING)
        yield run is not None


def put_back(
    catalog: Catalog, run: UnfinishedRun, then: Phase | None = None, staged: StagedTables | None = None
) -> None:
    """Bring silver and gold back to what they were before `run`, as one act, and end it or let it go on with `then`.

    What `staged` holds back already is part of the act. Tables that the run created are dropped first: they are nothing
    that anybody could have read, and a run that finds them would take them for complete.
    """
    for name in built_tables(catalog):
        if name not in run.tables_before:
            log.info("drop_table_of_unfinished_run", table=".".join(name))
            catalog.purge_table(name)
    staged = staged or StagedTables(catalog)
    known = set(built_tables(catalog))
    for name, state in run.tables_before.items():
        if name not in known or not state.is_reachable(staged.load(name)):
            log.error("cannot_put_back", table=".".join(name), reason="somebody dropped it or expired its snapshot")
            continue
        if updates := state.updates_back(staged.load(name)):
            staged.change(name, updates)
    if then is None:
        end_run(staged)
    else:
        note_phase(staged, run, then)
    staged.commit()
