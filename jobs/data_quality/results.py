"""Gate results as rows of an Iceberg table and as Prometheus text."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest
from pyiceberg.catalog import Catalog

from contracts.metric_names import GATE_OUTCOME, GATE_VALUE
from jobs.data_quality.audited_run import AuditedRun
from jobs.data_quality.gate import GateResult, Outcome

AUDIT_NAMESPACE = "audit"
GATE_RESULTS = (AUDIT_NAMESPACE, "gate_results")
_OUTCOME_LEVEL = {Outcome.PASSED: 0, Outcome.WARNED: 1, Outcome.FAILED: 2}
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
    table = catalog.create_table_if_not_exists(GATE_RESULTS, _SCHEMA)
    rows = [_row(run, result, dt.datetime.now(dt.UTC)) for result in results]
    table.append(pa.Table.from_pylist(rows, schema=_SCHEMA))


def prometheus_text(results: Sequence[GateResult]) -> str:
    """Gauges per gate: its value, and its outcome as 0 passed, 1 warned, 2 failed."""
    registry = CollectorRegistry()
    labels = ("gate", "layer", "owner")
    value = Gauge(GATE_VALUE, "Worst reading of the gate", labels, registry=registry)
    outcome = Gauge(GATE_OUTCOME, "0 passed, 1 warned, 2 failed and publication blocked", labels, registry=registry)
    for result in results:
        gate = result.gate
        value.labels(gate.name, gate.layer, gate.owner).set(result.value)
        outcome.labels(gate.name, gate.layer, gate.owner).set(_OUTCOME_LEVEL[result.outcome])
    return generate_latest(registry).decode()


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
        "evidence": json.dumps([asdict(reading) for reading in result.evidence]),
    }
