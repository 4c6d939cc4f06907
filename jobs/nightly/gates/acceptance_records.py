"""What people accepted, as an Iceberg table: `audit.gate_acceptances`. Rows are added and never changed."""

import datetime as dt
from dataclasses import asdict

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from contracts.tables import AUDIT_NAMESPACE
from jobs.nightly.gates.acceptance import Acceptance
from jobs.runtime.iceberg import load_or_create

GATE_ACCEPTANCES = (AUDIT_NAMESPACE, "gate_acceptances")
_SCHEMA = pa.schema(
    [
        ("gate", pa.string()),
        ("day", pa.date32()),
        ("reason", pa.string()),
        ("accepted_by", pa.string()),
        ("accepted_at", pa.timestamp("us", tz="UTC")),
    ]
)


def record_acceptance(catalog: Catalog, acceptance: Acceptance) -> Acceptance:
    """Add the acceptance, unless the gate is accepted for that day: the earlier one stands. Returns what stands."""
    earlier = {(known.gate, known.day): known for known in all_acceptances(catalog)}
    if (known := earlier.get((acceptance.gate, acceptance.day))) is not None:
        return known
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    table = load_or_create(catalog, GATE_ACCEPTANCES, _SCHEMA)
    table.append(pa.Table.from_pylist([asdict(acceptance)], schema=_SCHEMA))
    return acceptance


def all_acceptances(catalog: Catalog) -> list[Acceptance]:
    """All of them, the newest first."""
    try:
        rows = catalog.load_table(GATE_ACCEPTANCES).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return []
    found = [Acceptance(**{**row, "accepted_at": row["accepted_at"].astimezone(dt.UTC)}) for row in rows]
    return sorted(found, key=lambda acceptance: acceptance.accepted_at, reverse=True)
