"""Publication records as an Iceberg table, `audit.publications`."""

import json
from collections.abc import Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from contracts.tables import AUDIT_NAMESPACE
from jobs.nightly.publish.history import Action, PublicationRecord
from jobs.runtime.iceberg import load_or_create
from jobs.runtime.staged_tables import StagedTables

PUBLICATIONS = (AUDIT_NAMESPACE, "publications")
_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("action", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("run_date", pa.date32()),
        ("snapshots", pa.string()),
        ("blocking_gates", pa.list_(pa.string())),
    ]
)


def create_records(catalog: Catalog) -> None:
    """Create the table if it is missing."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    load_or_create(catalog, PUBLICATIONS, _SCHEMA)


def stage_record(staged: StagedTables, record: PublicationRecord) -> None:
    """Let the commit of `staged` add a record: what it says has then happened."""
    row = {
        "run_id": record.run_id,
        "action": str(record.action),
        "at": record.at,
        "run_date": record.run_date,
        "snapshots": json.dumps(dict(record.snapshots), sort_keys=True),
        "blocking_gates": list(record.blocking_gates),
    }
    staged.load(PUBLICATIONS).append(pa.Table.from_pylist([row], schema=_SCHEMA))


def all_records(catalog: Catalog) -> Sequence[PublicationRecord]:
    """All records, oldest first."""
    try:
        rows = catalog.load_table(PUBLICATIONS).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return []
    return [
        PublicationRecord(
            run_id=row["run_id"],
            action=Action(row["action"]),
            at=row["at"],
            run_date=row["run_date"],
            snapshots=json.loads(row["snapshots"]),
            blocking_gates=tuple(row["blocking_gates"]),
        )
        for row in sorted(rows, key=lambda row: row["at"])
    ]
