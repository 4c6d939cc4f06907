"""Gate results as rows of an Iceberg table, and as the verdict that a run leaves behind."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
from pyiceberg.catalog import Catalog

from contracts.nightly_verdict import MOST_DAYS_TOLD, GateVerdict, NightlyVerdict
from contracts.tables import AUDIT_NAMESPACE
from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.gates.gate import GateResult
from jobs.runtime.iceberg import load_or_create

GATE_RESULTS = (AUDIT_NAMESPACE, "gate_results")
_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("run_date", pa.date32()),
        ("checked_at", pa.timestamp("us", tz="UTC")),
        ("gate_number", pa.int32()),
        ("gate", pa.string()),
        ("layer", pa.string()),
        ("rule", pa.string()),
        ("owner", pa.string()),
        ("outcome", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("warn_above", pa.float64()),
        ("block_above", pa.float64()),
        ("evidence", pa.string()),
    ]
)


def record_results(catalog: Catalog, run: AuditedRun, results: Sequence[GateResult]) -> None:
    """Append one row per gate to `audit.gate_results`; `evidence` is JSON: the worst readings."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    table = load_or_create(catalog, GATE_RESULTS, _SCHEMA)
    rows = [_row(run, result, dt.datetime.now(dt.UTC)) for result in results]
    table.append(pa.Table.from_pylist(rows, schema=_SCHEMA))


def verdict(run: AuditedRun, results: Sequence[GateResult]) -> NightlyVerdict:
    """What there is to say about a run in a few words."""
    return NightlyVerdict(run_id=run.run_id, gates=tuple(gate_verdict(run, result) for result in results))


def gate_verdict(run: AuditedRun, result: GateResult) -> GateVerdict:
    """What there is to say about a gate of the run."""
    gate = result.gate
    return GateVerdict(
        name=gate.name,
        layer=gate.layer.value,
        owner=gate.owner,
        outcome=result.outcome.value,
        value=result.value,
        refused_days=result.refused_days(run.run_date)[:MOST_DAYS_TOLD] if gate.is_acceptable else (),
        accepted_days=result.accepted_days(run.run_date)[:MOST_DAYS_TOLD],
    )


def _row(run: AuditedRun, result: GateResult, checked_at: dt.datetime) -> dict[str, object]:
    gate = result.gate
    return {
        "run_id": run.run_id,
        "run_date": run.run_date,
        "checked_at": checked_at,
        "gate_number": gate.number,
        "gate": gate.name,
        "layer": str(gate.layer),
        "rule": gate.rule,
        "owner": gate.owner,
        "outcome": str(result.outcome),
        "value": result.value,
        "unit": gate.unit,
        "warn_above": gate.warn_above,
        "block_above": gate.block_above,
        "evidence": json.dumps([asdict(reading) for reading in result.evidence], default=str),
    }
