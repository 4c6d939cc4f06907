"""Publication records as an Iceberg table, `audit.publications`."""

import json
from collections.abc import Sequence

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from jobs.nightly.audited_run import AUDIT_NAMESPACE
from jobs.nightly.publish.history import Action, PublicationRecord
from jobs.runtime.iceberg import load_or_create

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


def add_record(catalog: Catalog, record: PublicationRecord) -> None:
    """Append a record."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    table = load_or_create(catalog, PUBLICATIONS, _SCHEMA)
    row = {
        "run_id": record.run_id,
        "action": str(record.action),
        "at": record.at,
        "run_date": record.run_date,
        "snapshots": json.dumps(dict(record.snapshots), sort_keys=True),
        "blocking_gates": list(record.blocking_gates),
    }
    table.append(pa.Table.from_pylist([row], schema=_SCHEMA))


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
