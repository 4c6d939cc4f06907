"""Whether changes of tables have taken place, by what the tables are now. Pure."""

from collections.abc import Iterable, Sequence

from pyiceberg.table import CommitTableRequest
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import AddSnapshotUpdate, RemoveSnapshotRefUpdate, SetSnapshotRefUpdate, TableUpdate

from jobs.runtime.commit_requirements import identifier_of


def landed(changes: Iterable[tuple[CommitTableRequest, TableMetadata]]) -> dict[str, bool]:
    """By table, whether its change is there; tables that cannot tell, as nothing but properties changed, are left out.

    New snapshots tell for good, since nobody else uses their ids. If all of them are missing, a ref that is where the
    change was to move it was moved by somebody else.
    """
    by_rows, by_refs = {}, {}
    for change, now in changes:
        name = ".".join(identifier_of(change))
        if added := {update.snapshot.snapshot_id for update in change.updates if isinstance(update, AddSnapshotUpdate)}:
            by_rows[name] = added <= {snapshot.snapshot_id for snapshot in now.snapshots}
        elif refs := _refs_after(change.updates):
            by_refs[name] = all(_snapshot_of(now, ref) == snapshot for ref, snapshot in refs.items())
    if by_rows and not any(by_rows.values()):
        return by_rows
    return by_rows | by_refs


def _refs_after(updates: Sequence[TableUpdate]) -> dict[str, int | None]:
    refs: dict[str, int | None] = {}
    for update in updates:
        if isinstance(update, SetSnapshotRefUpdate):
            refs[update.ref_name] = update.snapshot_id
        elif isinstance(update, RemoveSnapshotRefUpdate):
            refs[update.ref_name] = None
    return refs


def _snapshot_of(now: TableMetadata, ref: str) -> int | None:
    found = now.refs.get(ref)
    return found.snapshot_id if found else None
