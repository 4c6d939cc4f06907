"""Tables whose commits are held back until all of them are made as one act."""

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.table import CommitTableRequest, CommitTableResponse, Table, TableIdentifier
from pyiceberg.table.update import (
    AssertRefSnapshotId,
    SetSnapshotRefUpdate,
    TableRequirement,
    TableUpdate,
    update_table_metadata,
)
from pyiceberg.typedef import Identifier

from jobs.runtime.multi_table_commit import commit_together

MAIN = "main"


class _HeldBack(NoopCatalog):
    """Keeps what tables commit to it, by table and in order, and answers as if it were done."""

    def __init__(self) -> None:
        super().__init__("held back")
        self.changes: dict[Identifier, CommitTableRequest] = {}

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        self.hold(table.name(), updates, requirements)
        metadata = update_table_metadata(table.metadata, updates)
        return CommitTableResponse(metadata=metadata, metadata_location=table.metadata_location)

    def hold(
        self, identifier: Identifier, updates: Sequence[TableUpdate], requirements: Sequence[TableRequirement]
    ) -> None:
        before = self.changes.get(identifier)
        known = before.requirements if before else ()
        # What a later change requires of the same thing is true only after the changes before it.
        new = [requirement for requirement in requirements if _subject(requirement) not in map(_subject, known)]
        self.changes[identifier] = CommitTableRequest(
            identifier=TableIdentifier(namespace=identifier[:-1], name=identifier[-1]),
            requirements=(*known, *new),
            updates=(*(before.updates if before else ()), *updates),
        )


class StagedTables:
    """`load` tables and change them with all that pyiceberg offers; nothing is visible before `commit`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._held_back = _HeldBack()
        self._tables: dict[Identifier, Table] = {}

    def load(self, identifier: Identifier) -> Table:
        """The table as it is now, with the changes that are held back."""
        if identifier not in self._tables:
            table = self._catalog.load_table(identifier)
            self._tables[identifier] = Table(
                identifier, table.metadata, table.metadata_location, table.io, self._held_back, table.config
            )
        return self._tables[identifier]

    def change(
        self,
        identifier: Identifier,
        updates: Sequence[TableUpdate] = (),
        requirements: Sequence[TableRequirement] = (),
    ) -> None:
        """Hold back these updates; without any, the requirements are checked all the same."""
        self._held_back.hold(identifier, updates, requirements)

    def require_snapshot(self, identifier: Identifier, snapshot_id: int | None, ref: str = MAIN) -> None:
        """Let the commit fail unless the table's `ref` is at this snapshot then; None: unless there is no such ref."""
        self.change(identifier, requirements=(AssertRefSnapshotId(ref=ref, snapshot_id=snapshot_id),))

    @property
    def held_back(self) -> Sequence[CommitTableRequest]:
        """The changes so far, one for each table."""
        return list(self._held_back.changes.values())

    def commit(self) -> None:
        """Make all changes visible as one act. Raises what `commit_together` raises."""
        commit_together(self._catalog, self.held_back)


def replace_rows(table: Table, rows: pa.Table) -> None:
    """Let a table have these rows and no others. pyiceberg warns of a replacement that finds nothing to replace."""
    write = table.overwrite if table.scan().count() else table.append
    write(rows)


def point_ref(name: str, kind: Literal["branch", "tag"], snapshot_id: int) -> SetSnapshotRefUpdate:
    """The update that points a branch or tag at a snapshot, with no rule of its own for expiry."""
    return SetSnapshotRefUpdate(
        ref_name=name,
        type=kind,
        snapshot_id=snapshot_id,
        max_ref_age_ms=None,
        max_snapshot_age_ms=None,
        min_snapshots_to_keep=None,
    )


def _subject(requirement: TableRequirement) -> tuple[str, str]:
    return requirement.type, requirement.ref if isinstance(requirement, AssertRefSnapshotId) else ""
