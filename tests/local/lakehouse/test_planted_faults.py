"""Planted faults on real tables, which the gates name, and ordinary situations, which do not trip them."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pytest
from lake_events import read_values
from warehouse import RUN_DATE, Warehouse

from contracts.batch_tables import BATCH_TABLES
from contracts.calendar import Calendar
from contracts.events import AlertSeverity, FraudAlert, FraudRule
from contracts.gate_settings import FraudHealthGate, GateSettings
from contracts.sink_progress import WITHOUT_RECORD
from contracts.tables import BRONZE_TABLE_BY_TOPIC
from jobs.nightly.accept import accept
from jobs.nightly.audited_run import AuditedRun, TableName
from jobs.nightly.bronze_days import bronze_days
from jobs.nightly.gates.acceptance import Acceptance, with_acceptances
from jobs.nightly.gates.acceptance_records import all_acceptances
from jobs.nightly.gates.catalogue import GATE_NAMES, gates_with
from jobs.nightly.gates.gate import GateResult, Outcome, judge
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.reading.readers import READERS

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


ORDINARY = GateSettings()
ONE_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Fault:
    """A gate, a table, and the SQL that spoils it."""

    gate: str
    table: TableName
    statement: str
    outcome: Outcome = Outcome.FAILED
    # When the run looks; None means in the evening of its day.
    now: dt.datetime | None = None


NIGHT_AFTER = dt.datetime.combine(RUN_DATE + dt.timedelta(days=1), dt.time(0, 10), dt.UTC)
ON_THE_DAY = f"event_date = date '{RUN_DATE}'"
# Each leaves a table that does not add up to what it was made from. They are planted together.
IMBALANCES: tuple[tuple[TableName, str], ...] = (
    (("silver", "silver_calls"), f"delete from {{table}} where {ON_THE_DAY} and duration_seconds > 60"),
    (("silver", "silver_network_probes"), f"delete from {{table}} where {ON_THE_DAY} and tower_id = 'TWR-00007'"),
    (("gold", "agg_subscriber_daily_usage"), f"update {{table}} set sms_count = sms_count + 1 where {ON_THE_DAY}"),
    (
        ("gold", "agg_region_daily_revenue"),
        f"update {{table}} set data_revenue_usd = data_revenue_usd + decimal '0.0100' where {ON_THE_DAY}",
    ),
    (("gold", "agg_customer_monthly_summary"), "update {table} set data_bytes = data_bytes + 1"),
    (("gold", "agg_revenue_by_region"), "update {table} set total_revenue_usd = total_revenue_usd + decimal '0.0100'"),
)
UNBALANCED = (
    "bronze.call_events on",
    "bronze.network_probe_events on",
    "gold.fact_calls on",
    "gold.agg_tower_hourly_utilization on",
    "gold.agg_subscriber_daily_usage on",
    "gold.agg_region_daily_revenue on",
    "gold.agg_customer_monthly_summary in",
    "gold.agg_revenue_by_region of",
)

FAULTS = (
    Fault(
        "uniqueness",
        ("gold", "fact_calls"),
        f"insert into gold.fact_calls select * from gold.fact_calls where event_date = date '{RUN_DATE}' limit 1",
    ),
    Fault(
        "freshness",
        ("bronze", "call_events"),
        "update bronze.call_events set _bronze_ingested_at = _bronze_ingested_at - interval '30' day",
    ),
    *(
        Fault("volume", ("silver", table), f"delete from silver.{table} where {ON_THE_DAY}", now=NIGHT_AFTER)
        for table in ("silver_calls", "silver_sms", "silver_data_sessions", "silver_network_probes")
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
        "referential",
        ("silver", "silver_network_probes"),
        f"update silver.silver_network_probes set region = 'nroth_east' where {ON_THE_DAY} and tower_id = 'TWR-00007'",
        Outcome.WARNED,
    ),
    Fault(
        "referential",
        ("silver", "silver_sms"),
        f"update silver.silver_sms set tower_id = 'TWR-99999' where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "customer_history",
        ("gold", "dim_customers"),
        "update gold.dim_customers set valid_to = timestamp '2026-11-19 00:00:00 UTC', is_current = false where"
        " customer_id = 'CUST-00000020' and is_current",
    ),
    Fault(
        "customer_history",
        ("gold", "dim_number_owners"),
        "insert into gold.dim_number_owners select subscriber_token, 'CUST-OTHER', valid_from + interval '1' hour,"
        " valid_to, is_current, _bronze_ingested_at from gold.dim_number_owners where customer_id = 'CUST-00000020'",
    ),
    Fault(
        "reconciliation",
        ("gold", "fact_calls"),
        f"update gold.fact_calls set revenue_usd = revenue_usd + decimal '0.0100' where event_date = date '{RUN_DATE}'",
    ),
    Fault(
        "late_and_dead_letters",
        ("bronze", "sms_events"),
        # Later than any pause between the days of this warehouse explains.
        "update bronze.sms_events set event_time = event_time - interval '4' day",
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
        f"update gold.fact_calls set tower_id = '+1 206-555-0123' where event_date = date '{RUN_DATE}'",
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


def audited(warehouse: Warehouse, now: dt.datetime | None = None) -> AuditedRun:
    """The run as it would be audited now, or at another moment."""
    assert warehouse.first_report is not None
    run = warehouse.first_report.run
    current = {
        (namespace, name): snapshot
        for namespace in ("bronze", "silver", "gold")
        for name, snapshot in warehouse.snapshots(namespace).items()
    }
    inputs = {key: current[key] for key in run.inputs}
    outputs = {key: current[key] for key in run.outputs}
    read = {table: frozenset({inputs[table]}) for table in run.read}
    return dataclasses.replace(run, inputs=inputs, outputs=outputs, read=read, now=now or warehouse.now)


def result_of(
    warehouse: Warehouse, gate: str, run: AuditedRun | None = None, settings: GateSettings = ORDINARY
) -> GateResult:
    inspection = Inspection(run or audited(warehouse), warehouse.sql, warehouse.catalog, settings)
    (limits,) = (each for each in gates_with(settings) if each.name == gate)
    return judge(limits, READERS[gate](inspection))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.gate}-{fault.table[1]}")
def test_a_planted_fault_is_caught(warehouse: Warehouse, fault: Fault) -> None:
    sound = result_of(warehouse, fault.gate, audited(warehouse, fault.now))
    assert not sound.blocks, sound.evidence
    with spoiled(warehouse, fault.table, lambda: warehouse.sql.run(fault.statement)):
        run = audited(warehouse, fault.now)
        result = result_of(warehouse, fault.gate, run)
    assert result.outcome is fault.outcome
    assert result.evidence
    assert result.value > sound.value or set(result.evidence) > set(sound.evidence)


def test_a_refused_day_is_judged_by_the_next_run_until_a_person_accepts_it(warehouse: Warehouse) -> None:
    (volume,) = (gate for gate in gates_with(ORDINARY) if gate.name == "volume")
    next_day = RUN_DATE + dt.timedelta(days=1)

    def judged() -> GateResult:
        run = dataclasses.replace(audited(warehouse, NIGHT_AFTER), run_date=next_day, unjudged_since=RUN_DATE)
        readings = READERS["volume"](Inspection(run, warehouse.sql, warehouse.catalog))
        return judge(volume, with_acceptances(volume, readings, all_acceptances(warehouse.catalog), next_day))

    assert not judged().blocks
    delete = f"delete from silver.silver_sms where {ON_THE_DAY}"
    with spoiled(warehouse, ("silver", "silver_sms"), lambda: warehouse.sql.run(delete)):
        refused = judged()
        accepted = Acceptance("volume", RUN_DATE, "an outage of the message centre", "ann", NIGHT_AFTER)
        accept(warehouse.catalog, Calendar(), [accepted])
        result = judged()
    warehouse.sql.run("delete from audit.gate_acceptances")
    assert (refused.outcome, refused.refused_days(next_day)) == (Outcome.FAILED, (RUN_DATE,))
    assert (result.outcome, result.refused_days(next_day)) == (Outcome.WARNED, ())
    assert result.evidence[0].accepted == accepted.told()


def test_offsets_that_no_commit_covers_are_caught(warehouse: Warehouse) -> None:
    table = warehouse.lake.table("data_session_events")
    rows = table.scan(limit=1).to_arrow()
    # A commit that says it covers ten offsets and holds one row.
    summary = {"telecom.kafka.offsets": '{"7":[0,10]}', "telecom.sink.dead-letters": "0", WITHOUT_RECORD: "0"}
    with spoiled(warehouse, ("bronze", "data_session_events"), lambda: table.append(rows, snapshot_properties=summary)):
        run = audited(warehouse)
        result = result_of(warehouse, "completeness", run)
    assert (result.outcome, result.value) == (Outcome.FAILED, 9)


def test_rows_that_delete_files_take_out_are_no_rows_of_their_day(warehouse: Warehouse) -> None:
    calls = ("bronze", "call_events")
    by_day = "select cast(event_time as date) as day, count(*) as rows from bronze.call_events group by 1"
    delete = "delete from bronze.call_events where _kafka_offset % 2 = 0"
    before = {row["day"]: row["rows"] for row in warehouse.rows(by_day)}
    with spoiled(warehouse, calls, lambda: warehouse.sql.run(delete)):
        counted = bronze_days(warehouse.catalog, {calls: warehouse.snapshots("bronze")["call_events"]})
        left = {row["day"]: row["rows"] for row in warehouse.rows(by_day)}
    assert counted == {"call_events": left}
    assert sum(left.values()) < sum(before.values())


def test_a_removed_column_is_caught(warehouse: Warehouse) -> None:
    table = warehouse.catalog.load_table(("bronze", "payments"))
    with table.update_schema() as schema:
        schema.rename_column("method", "payment_method")
    try:
        run = audited(warehouse)
        result = result_of(warehouse, "schema", run)
    finally:
        with warehouse.catalog.load_table(("bronze", "payments")).update_schema() as schema:
            schema.rename_column("payment_method", "method")
    assert result.blocks
    assert "bronze.payments.method" in [reading.subject for reading in result.evidence]


def test_a_statement_that_read_another_snapshot_is_noticed(warehouse: Warehouse) -> None:
    assert warehouse.first_report is not None
    as_read = warehouse.first_report.run
    assert result_of(warehouse, "lineage", as_read).outcome is Outcome.PASSED
    calls = ("bronze", "call_events")
    result = result_of(warehouse, "lineage", dataclasses.replace(as_read, inputs={**as_read.inputs, calls: 1}))
    assert (result.outcome, [reading.subject for reading in result.evidence]) == (
        Outcome.WARNED,
        ["bronze.call_events"],
    )


def alerts_before_the_day(days: int, alerts_per_day: int) -> pa.Table:
    """Alerts of each of so many days before the run's day, as a detector writes them."""
    contract = BRONZE_TABLE_BY_TOPIC[FraudAlert.topic]
    noon = dt.datetime.combine(RUN_DATE, dt.time(12), dt.UTC)
    values = [
        FraudAlert(
            schema_version=FraudAlert.current_schema_version,
            event_id=f"alert-{ago}-{number}",
            event_time_ms=int((noon - dt.timedelta(days=ago)).timestamp() * 1000),
            rule=FraudRule.CALL_VELOCITY,
            rule_version=1,
            msisdn="12065550123",
            imsi="310260123456789",
            severity=AlertSeverity.HIGH,
            score=90.0,
            detection_time_ms=int(noon.timestamp() * 1000),
            evidence_event_ids=["a"],
        )
        .model_dump_json(exclude_none=True)
        .encode()
        for ago in range(1, days + 1)
        for number in range(alerts_per_day)
    ]
    return read_values(contract, values, noon).rows


def test_no_alert_at_all_is_noticed_where_there_should_be_some(warehouse: Warehouse) -> None:
    run = audited(warehouse, NIGHT_AFTER)
    assert result_of(warehouse, "fraud_health", run).outcome is Outcome.PASSED, "an honest network"
    rows = alerts_before_the_day(days=5, alerts_per_day=FraudHealthGate().min_alerts)
    with spoiled(warehouse, ("bronze", "fraud_alerts"), lambda: warehouse.lake.append_rows("fraud_alerts", rows)):
        result = result_of(warehouse, "fraud_health", audited(warehouse, NIGHT_AFTER))
    assert (result.outcome, [reading.day for reading in result.evidence]) == (Outcome.WARNED, [RUN_DATE])


@pytest.mark.parametrize(("clock", "days_later"), [("00:10", 0), ("02:00", 0), ("09:00", 1), ("23:59", 0)])
def test_a_night_may_come_at_any_hour(warehouse: Warehouse, clock: str, days_later: int) -> None:
    at = dt.datetime.combine(RUN_DATE + dt.timedelta(days_later), dt.time.fromisoformat(clock), dt.UTC)
    run = audited(warehouse, at)
    for gate in ("volume", "distribution", "fraud_health"):
        result = result_of(warehouse, gate, run)
        assert not result.blocks, result.evidence


def test_every_fact_and_every_sum_is_reconciled(warehouse: Warehouse) -> None:
    with ExitStack() as stack:
        for table, statement in IMBALANCES:
            plant = partial(warehouse.sql.run, statement.format(table=".".join(table)))
            stack.enter_context(spoiled(warehouse, table, plant))
        inspection = Inspection(audited(warehouse), warehouse.sql, warehouse.catalog)
        named = {reading.subject for reading in READERS["reconciliation"](inspection)}
    assert [table for table in UNBALANCED if not any(subject.startswith(table) for subject in named)] == []
    assert READERS["reconciliation"](Inspection(audited(warehouse), warehouse.sql, warehouse.catalog)) == []


def ages(warehouse: Warehouse, now: dt.datetime) -> dict[str, float]:
    """What freshness reads, by subject."""
    inspection = Inspection(audited(warehouse, now), warehouse.sql, warehouse.catalog)
    return {reading.subject: reading.value for reading in READERS["freshness"](inspection)}


def test_a_crm_in_which_nothing_changes_is_fresh_as_long_as_somebody_looks(warehouse: Warehouse) -> None:
    later = warehouse.now + dt.timedelta(days=4)
    tables = {table.name for table in BATCH_TABLES if not table.is_optional}
    assert {name for name, age in ages(warehouse, later).items() if name in tables and age > 3} == tables
    warehouse.ingest(at=later)
    assert {age for name, age in ages(warehouse, later).items() if name in tables} == {0}


def test_nothing_is_expected_of_topics_that_the_pipeline_does_not_have(warehouse: Warehouse) -> None:
    run = audited(warehouse, warehouse.now + dt.timedelta(hours=4))
    calls_only = Inspection(run, warehouse.sql, warehouse.catalog, topics=("call_events",))
    for gate in gates_with(ORDINARY):
        named = [reading.subject for reading in judge(gate, READERS[gate.name](calls_only)).evidence]
        assert not [subject for subject in named if re.search("sms|session|probe|alert|action", subject)], gate.name


def sms_of_the_day(warehouse: Warehouse, is_outage: bool) -> pa.Table:
    """A message a minute. Those from 10:00 to 16:00 arrive at 16:00; with `is_outage`, nothing else does meanwhile."""
    start = dt.datetime.combine(RUN_DATE, dt.time(), dt.UTC)
    sent = [start + number * ONE_MINUTE for number in range(24 * 60)]
    held = [at for at in sent if 10 <= at.hour < 16]
    arrived = [at.replace(hour=16, minute=0) if at in set(held) else at for at in sent]
    if not is_outage:
        sent, arrived = sent + held, arrived + held
    copies = warehouse.lake.table("sms_events").scan(limit=1).to_arrow().take([0] * len(sent))
    for name, times in (("event_time", sent), ("_bronze_ingested_at", arrived)):
        field = copies.schema.field(name)
        copies = copies.set_column(copies.schema.get_field_index(name), field, pa.array(times, field.type))
    return copies


@pytest.mark.parametrize("is_outage", [True, False])
def test_records_that_an_outage_held_up_are_not_late(warehouse: Warehouse, is_outage: bool) -> None:
    rows = sms_of_the_day(warehouse, is_outage)
    with spoiled(warehouse, ("bronze", "sms_events"), lambda: warehouse.lake.append_rows("sms_events", rows)):
        inspection = Inspection(audited(warehouse, NIGHT_AFTER), warehouse.sql, warehouse.catalog)
        readings = READERS["late_and_dead_letters"](inspection)
    (reading,) = (each for each in readings if each.subject == f"sms_events late on {RUN_DATE}")
    late, held_up = map(int, re.findall(r"(\d+) (?:of \d+ records late|of them held up)", reading.detail))
    # A few of the warehouse's own are late as well, and too few to count.
    assert late >= 300
    assert (held_up >= 300, reading.value == 0) == (is_outage, is_outage), reading


def test_results_of_every_gate_are_kept_as_rows(warehouse: Warehouse) -> None:
    assert warehouse.first_report is not None
    run_id = warehouse.first_report.run.run_id
    rows = warehouse.rows(f"select gate, owner from audit.gate_results where run_id = '{run_id}' order by gate_number")
    assert [row["gate"] for row in rows] == list(GATE_NAMES)
