"""What a table looks like apart from its tags, so that it can be put back: rows, columns, layout, properties."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from pyiceberg.table import Table
from pyiceberg.table.update import (
    RemovePropertiesUpdate,
    RemoveSnapshotRefUpdate,
    SetCurrentSchemaUpdate,
    SetDefaultSortOrderUpdate,
    SetDefaultSpecUpdate,
    SetPropertiesUpdate,
    TableUpdate,
)

from jobs.runtime.staged_tables import MAIN, point_ref


@dataclass(frozen=True)
class TableState:
    """A table at a moment. The comment, in which dbt notes what it was built from, is one of the properties."""

    snapshot: int | None
    schema: int
    spec: int
    sort_order: int
    properties: dict[str, str]

    @classmethod
    def of(cls, table: Table) -> Self:
        """The state of `table` now."""
        metadata = table.metadata
        return cls(
            metadata.current_snapshot_id,
            metadata.current_schema_id,
            metadata.default_spec_id,
            metadata.default_sort_order_id,
            dict(metadata.properties),
        )

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """The state of which these are the fields."""
        return cls(**fields)

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)

    def is_reachable(self, table: Table) -> bool:
        """True while the snapshot has not expired."""
        return self.snapshot is None or table.snapshot_by_id(self.snapshot) is not None

    def updates_back(self, table: Table) -> tuple[TableUpdate, ...]:
        """The updates that bring `table` back to this state; none if it is as it was."""
        now = TableState.of(table)
        if now == self:
            return ()
        return (
            SetCurrentSchemaUpdate(schema_id=self.schema),
            SetDefaultSpecUpdate(spec_id=self.spec),
            SetDefaultSortOrderUpdate(sort_order_id=self.sort_order),
            *_properties_back(now.properties, self.properties),
            *_snapshot_back(now.snapshot, self.snapshot),
        )


def _properties_back(now: dict[str, str], before: dict[str, str]) -> tuple[TableUpdate, ...]:
    gained = sorted(now.keys() - before.keys())
    removal = (RemovePropertiesUpdate(removals=gained),) if gained else ()
    return (*removal, SetPropertiesUpdate(updates=before)) if now != before else ()


def _snapshot_back(now: int | None, before: int | None) -> tuple[TableUpdate, ...]:
    if now == before:
        return ()
    if before is None:
        return (RemoveSnapshotRefUpdate(ref_name=MAIN),)
    return (point_ref(MAIN, "branch", before),)
