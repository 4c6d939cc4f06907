"""One planted fault per gate, on real tables: the gate names it, and what blocks keeps readers where they are."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from warehouse import RUN_DATE, Warehouse

from jobs.nightly.audited_run import AuditedRun, TableName
from jobs.nightly.gates.catalogue import GATE_BY_NAME
from jobs.nightly.gates.gate import GateResult, Outcome, judge
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.publish.history import Action
from jobs.nightly.publish.publish import publish

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Fault:
    """A gate, a table, and the SQL that spoils it."""

    gate: str
    table: TableName
    statement: str
    outcome: Outcome = Outcome.FAILED


FAULTS = (
    Fault(
        "uniqueness",
        ("gold", "fact_calls"),
        f"insert into gold.fact_calls select * from gold.fact_calls where event_date = date '{RUN_DATE}' limit 1",
    ),
    Fault(
        "freshness",
        ("bronze", "invoices"),
        "update bronze.invoices set _bronze_ingested_at = timestamp '2026-11-01 00:00:00 UTC'",
    ),
    Fault(
        "volume",
        ("gold", "agg_tower_hourly_utilization"),
        f"delete from gold.agg_tower_hourly_utilization where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "validity",
        ("silver", "silver_calls_quarantine"),
        "insert into silver.silver_calls_quarantine select 'call_events', 0, _kafka_offset, event_id, event_time,"
        " event_date, 'planted', 'planted', _bronze_ingested_at from silver.silver_calls limit 50",
    ),
    Fault(
        "distribution",
        ("gold", "fact_calls"),
        "update gold.fact_calls set duration_seconds = duration_seconds * 16 + 1000"
        f" where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "referential",
        ("gold", "fact_calls"),
        f"update gold.fact_calls set customer_key = 'unknown' where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "referential",
        ("gold", "dim_towers"),
        "update gold.dim_towers set region = 'elsewhere' where city = 'New York'",
    ),
    Fault(
        "customer_history",
        ("gold", "dim_customers"),
        "update gold.dim_customers set valid_to = timestamp '2026-11-19 00:00:00 UTC', is_current = false where"
        " customer_id = 'CUST-00000020' and is_current",
    ),
    Fault(
        "reconciliation",
        ("gold", "fact_calls"),
        f"update gold.fact_calls set revenue_usd = revenue_usd + decimal '0.0100' where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "late_and_dead_letters",
        ("bronze", "sms_events"),
        "update bronze.sms_events set event_time = event_time - interval '3' hour",
    ),
    Fault(
        "maintenance",
        ("bronze", "call_events"),
        # Leaves a delete file beside every data file: each read of the table has to merge them.
        "delete from bronze.call_events where _kafka_offset % 2 = 0",
        Outcome.WARNED,
    ),
    Fault(
        "personal_data",
        ("gold", "fact_calls"),
        f"update gold.fact_calls set tower_id = '+12065550123' where event_date = date '{RUN_DATE}'",
    ),
)


@contextmanager
def spoiled(warehouse: Warehouse, table: TableName, spoil: Callable[[], None]) -> Iterator[None]:
    """The table spoiled inside the block, and as it was after it."""
    before = warehouse.catalog.load_table(table).metadata.current_snapshot_id
    spoil()
    try:
        yield
    finally:
        namespace, name = table
        warehouse.sql.run(f"alter table {namespace}.{name} execute rollback_to_snapshot({before})")


def audited(warehouse: Warehouse) -> AuditedRun:
    """The run as it would be audited now."""
    assert warehouse.first_report is not None
    run = warehouse.first_report.run
    current = {
        (namespace, name): snapshot
        for namespace in ("bronze", "silver", "gold")
        for name, snapshot in warehouse.snapshots(namespace).items()
    }
    inputs = {key: current[key] for key in run.inputs}
    outputs = {key: current[key] for key in run.outputs}
    return dataclasses.replace(run, inputs=inputs, outputs=outputs, now=warehouse.now)


def result_of(warehouse: Warehouse, gate: str, run: AuditedRun | None = None) -> GateResult:
    inspection = Inspection(run or audited(warehouse), warehouse.sql, warehouse.catalog)
    return judge(GATE_BY_NAME[gate], inspection.readings(gate))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.gate}-{fault.table[1]}")
def test_a_planted_fault_is_caught(warehouse: Warehouse, fault: Fault) -> None:
    sound = result_of(warehouse, fault.gate)
    assert not sound.blocks
    with spoiled(warehouse, fault.table, lambda: warehouse.sql.run(fault.statement)):
        run = audited(warehouse)
        result = result_of(warehouse, fault.gate, run)
        if result.blocks:
            assert_refused(warehouse, run, result)
    assert result.outcome is fault.outcome
    assert result.evidence
    assert result.value > sound.value


def assert_refused(warehouse: Warehouse, run: AuditedRun, result: GateResult) -> None:
    """The run is not published because of that gate, and readers see what they saw."""
    before = warehouse.published()
    record = publish(warehouse.catalog, warehouse.sql, run, [result])
    assert (record.action, record.blocking_gates) == (Action.REFUSED, (result.gate.name,))
    assert warehouse.published() == before


def test_offsets_that_no_commit_covers_are_caught(warehouse: Warehouse) -> None:
    table = warehouse.lake.table("data_session_events")
    rows = table.scan(limit=1).to_arrow()
    # A commit that says it covers ten offsets and holds one row.
    summary = {"telecom.kafka.offsets": '{"7":[0,10]}', "telecom.sink.dead-letters": "0"}
    with spoiled(warehouse, ("bronze", "data_session_events"), lambda: table.append(rows, snapshot_properties=summary)):
        run = audited(warehouse)
        result = result_of(warehouse, "completeness", run)
        assert_refused(warehouse, run, result)
    assert (result.outcome, result.value) == (Outcome.FAILED, 9)


def test_a_removed_column_is_caught(warehouse: Warehouse) -> None:
    table = warehouse.catalog.load_table(("bronze", "payments"))
    with table.update_schema() as schema:
        schema.rename_column("method", "payment_method")
    try:
        run = audited(warehouse)
        result = result_of(warehouse, "schema", run)
        assert_refused(warehouse, run, result)
    finally:
        with warehouse.catalog.load_table(("bronze", "payments")).update_schema() as schema:
            schema.rename_column("payment_method", "method")
    assert result.blocks
    assert "bronze.payments.method" in [reading.subject for reading in result.evidence]


def test_a_run_that_wrote_down_no_inputs_is_noticed(warehouse: Warehouse) -> None:
    result = result_of(warehouse, "lineage", dataclasses.replace(audited(warehouse), inputs={}))
    assert result.outcome is Outcome.WARNED


def test_no_alert_at_all_is_noticed(warehouse: Warehouse) -> None:
    assert result_of(warehouse, "fraud_health").outcome is Outcome.WARNED


def test_a_blocking_gate_leaves_readers_on_what_they_see_and_says_which(warehouse: Warehouse) -> None:
    before = warehouse.published()
    seen = warehouse.value("select sum(revenue_usd) from published.fact_calls")
    fault = next(fault for fault in FAULTS if fault.gate == "reconciliation")
    with spoiled(warehouse, fault.table, lambda: warehouse.sql.run(fault.statement)):
        run = audited(warehouse)
        record = publish(warehouse.catalog, warehouse.sql, run, [result_of(warehouse, fault.gate, run)])
        assert warehouse.value("select sum(revenue_usd) from published.fact_calls") == seen
        assert warehouse.value("select sum(revenue_usd) from gold.fact_calls") != seen
    assert (record.action, record.blocking_gates) == (Action.REFUSED, ("reconciliation",))
    assert warehouse.published() == before
    (row,) = warehouse.rows(
        "select blocking_gates from audit.publications where action = 'refused' order by at desc limit 1"
    )
    assert row["blocking_gates"] == ["reconciliation"]


def test_results_of_every_gate_are_kept_as_rows(warehouse: Warehouse) -> None:
    assert warehouse.first_report is not None
    run_id = warehouse.first_report.run.run_id
    rows = warehouse.rows(f"select gate, owner from audit.gate_results where run_id = '{run_id}' order by gate_number")
    assert [row["gate"] for row in rows] == list(GATE_BY_NAME)
