"""For whoever changes silver or gold: one at a time, and never on top of what a dead run left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from jobs.runtime.fail_points import reach
from jobs.runtime.lake_lock import LakeLock, locked_lake
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.table_states import TableState
from jobs.runtime.unfinished_run import (
    Phase,
    TableName,
    UnfinishedRun,
    built_tables,
    end_run,
    note_phase,
    require_own_note,
    unfinished_run,
)

log = structlog.get_logger()
# A place where a test may kill the process: new tables are dropped, the others are not put back yet.
AFTER_DROPS = "put_back_after_drops"


@dataclass(frozen=True)
class LakeChange:
    """The right to change silver and gold. With `has_loose_views`, views may lack columns since a run that died, which
    `publication.mend_views` puts right.
    """

    lock: LakeLock
    has_loose_views: bool

    def require_held(self) -> None:
        """Raises `LakeLockLostError` if another job may be at work by now."""
        self.lock.require_held()


@contextmanager
def changing_lake(catalog: Catalog, holder: str) -> Iterator[LakeChange]:
    """Hold the lake's lock as `holder`, with silver and gold as the last complete change left them.

    Compaction, erasure, rollback and runs all go through here: a run that died has its tables put back first, so that
    no later restore undoes what the caller does. Raises `LakeBusyError`.
    """
    with locked_lake(catalog, holder) as lock:
        run = unfinished_run(catalog)
        if run is not None and run.phase is Phase.BUILDING:
            log.warning("put_back_after_dead_run", run_id=run.run_id, started_at=str(run.started_at))
            put_back(catalog, run, Phase.SHOWING)
        yield LakeChange(lock, has_loose_views=run is not None)


def put_back(
    catalog: Catalog, run: UnfinishedRun, then: Phase | None = None, staged: StagedTables | None = None
) -> None:
    """Bring the tables that `run` builds back to what they were before it, as one act, and end it or let it go on with
    `then`.

    What `staged` holds back already is part of the act. Tables that the run created are dropped first: they are nothing
    that anybody could have read, and a run that finds them would take them for complete. Raises `LostRunError`, with
    nothing changed, if the run is not the one that is noted, and what `commit_together` raises.
    """
    staged = staged or StagedTables(catalog)
    require_own_note(staged, run)
    _drop_created(catalog, run)
    reach(AFTER_DROPS)
    for name, before in run.tables_before.items():
        if before is not None:
            _stage_back(staged, name, before)
    if then is None:
        end_run(staged, run)
    else:
        note_phase(staged, run, then)
    staged.commit()


def _drop_created(catalog: Catalog, run: UnfinishedRun) -> None:
    for name in filter(run.made, built_tables(catalog)):
        log.info("drop_table_of_unfinished_run", table=".".join(name))
        catalog.purge_table(name)


def _stage_back(staged: StagedTables, name: TableName, before: TableState) -> None:
    try:
        table = staged.load(name)
    except NoSuchTableError:
        log.error("cannot_put_back", table=".".join(name), reason="somebody dropped it")
        return
    if not before.is_reachable(table):
        log.error("cannot_put_back", table=".".join(name), reason="somebody expired its snapshot")
        return
    if updates := before.updates_back(table):
        staged.change(name, updates)
