"""Publishes audited numbers or refuses to, and goes back."""

import datetime as dt
from collections.abc import Sequence

from pyiceberg.catalog import Catalog

from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.gates.gate import GateResult
from jobs.nightly.publish.history import Action, PublicationRecord, rollback_target
from jobs.nightly.publish.records import add_record, all_records
from jobs.runtime.published_tags import GOLD, create_views, move_tags
from jobs.runtime.trino import TrinoSql


def publish(catalog: Catalog, sql: TrinoSql, run: AuditedRun, results: Sequence[GateResult]) -> PublicationRecord:
    """Show readers exactly the snapshots that were audited; if a gate blocks, leave them at what they see.

    Either way, add the run to `audit.publications`, with the gates that blocked it.
    """
    blocking = tuple(result.gate.name for result in results if result.blocks)
    snapshots = {name: snapshot for (namespace, name), snapshot in run.outputs.items() if namespace == GOLD}
    record = PublicationRecord(
        run_id=run.run_id,
        action=Action.REFUSED if blocking else Action.PUBLISHED,
        at=dt.datetime.now(dt.UTC),
        run_date=run.run_date,
        snapshots={} if blocking else snapshots,
        blocking_gates=blocking,
    )
    if not blocking:
        move_tags(catalog, snapshots)
        create_views(sql, snapshots)
    add_record(catalog, record)
    return record


def roll_back(catalog: Catalog) -> PublicationRecord:
    """Show readers the publication before the current one. Raises `NothingToRollBackToError`, `SnapshotGoneError`."""
    target = rollback_target(all_records(catalog))
    move_tags(catalog, target.snapshots)
    record = PublicationRecord(
        run_id=target.run_id,
        action=Action.ROLLED_BACK,
        at=dt.datetime.now(dt.UTC),
        run_date=target.run_date,
        snapshots=target.snapshots,
    )
    add_record(catalog, record)
    return record
