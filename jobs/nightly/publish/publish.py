"""Publishes audited numbers or refuses to, and goes back: each as one act, its record included."""

import datetime as dt
from collections.abc import Sequence

from pyiceberg.catalog import Catalog

from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.gates.gate import GateResult
from jobs.nightly.publish.history import Action, PublicationRecord, rollback_of
from jobs.nightly.publish.records import all_records, create_records, stage_record
from jobs.nightly.silver_build import SilverBuild, create_builds, stage_build
from jobs.runtime.lake_changes import changing_lake, put_back
from jobs.runtime.multi_table_commit import require_one_act
from jobs.runtime.publication import mend_views, show
from jobs.runtime.published_tags import GOLD
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.trino import TrinoSql
from jobs.runtime.unfinished_run import UnfinishedRun, begin_showing


def publish(
    catalog: Catalog, sql: TrinoSql, run: AuditedRun, unfinished: UnfinishedRun, build: SilverBuild | None
) -> PublicationRecord:
    """Show readers exactly the snapshots that were audited, and note what silver has now (None: that did not change).

    Raises `LostRunError` if another job took the run for dead, and `ChangedMeanwhileError` if somebody changed one of
    the tables after the audit.
    """
    snapshots = {name: snapshot for (namespace, name), snapshot in run.outputs.items() if namespace == GOLD}
    record = _record(run, Action.PUBLISHED, snapshots)
    staged = _staged_record(catalog, record)
    for table, snapshot in run.outputs.items():
        staged.require_snapshot(table, snapshot)
    if build is not None:
        create_builds(catalog)
        stage_build(staged, build)
    show(catalog, sql, staged, unfinished, snapshots)
    return record


def refuse(
    catalog: Catalog, run: AuditedRun, unfinished: UnfinishedRun, results: Sequence[GateResult]
) -> PublicationRecord:
    """Put silver and gold back to what they were before the run; the record names the gates that blocked it.

    Raises `LostRunError`, and nothing is recorded, if another job took the run for dead.
    """
    record = _record(run, Action.REFUSED, {}, tuple(result.gate.name for result in results if result.blocks))
    put_back(catalog, unfinished, staged=_staged_record(catalog, record))
    return record


def roll_back(catalog: Catalog, sql: TrinoSql) -> PublicationRecord:
    """Show readers the publication before the current one.

    Raises `NothingToRollBackToError`, `SnapshotGoneError`, `LakeBusyError` while another job changes the tables, and
    `NotCommittedError`.
    """
    require_one_act(catalog)
    with changing_lake(catalog, "publish-rollback") as lake:
        if lake.has_loose_views:
            mend_views(catalog, sql)
        way = rollback_of(all_records(catalog))
        target = way.target
        record = PublicationRecord(
            target.run_id, Action.ROLLED_BACK, dt.datetime.now(dt.UTC), target.run_date, target.snapshots
        )
        run = begin_showing(catalog, target.run_id)
        staged = _staged_record(catalog, record)
        lake.require_held()
        show(catalog, sql, staged, run, target.snapshots, way.withdrawn)
    return record


def _record(
    run: AuditedRun, action: Action, snapshots: dict[str, int], blocking: tuple[str, ...] = ()
) -> PublicationRecord:
    return PublicationRecord(run.run_id, action, dt.datetime.now(dt.UTC), run.run_date, snapshots, blocking)


def _staged_record(catalog: Catalog, record: PublicationRecord) -> StagedTables:
    create_records(catalog)
    staged = StagedTables(catalog)
    stage_record(staged, record)
    return staged
