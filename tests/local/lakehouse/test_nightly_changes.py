"""What a second night does with late events, changed customers, new columns and a new partitioning."""

import datetime as dt
import json
from itertools import pairwise

import pytest
from pyiceberg.types import StringType
from warehouse import EVENING, RUN_DATE, Warehouse

from jobs.nightly.run_plan import DayRange

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
LATER = EVENING + dt.timedelta(minutes=2)
TWO_DAYS_AGO = RUN_DATE - dt.timedelta(days=2)
# Further back than a run looks of itself.
MISSED_NIGHT = RUN_DATE - dt.timedelta(days=6)
CUSTOMER = "CUST-00000010"
# Within what the ingestor looks back.
OVERTAKEN_BY = dt.timedelta(minutes=30)
# A table from before its model had a column.
GROWN_TABLE, GAINED_COLUMN = "gold.agg_tower_hourly_utilization", "capacity_users"


def call(warehouse: Warehouse, event_id: str, at: dt.datetime, **values: object) -> bytes:
    """A call of customer 10, as the producer would write it."""
    msisdn = warehouse.value(f"select max(msisdn) from silver.silver_customers where customer_id = '{CUSTOMER}'")
    millis = int(at.timestamp() * 1000)
    event = {
        "event_id": event_id,
        "event_time_ms": millis,
        "schema_version": 1,
        "msisdn": msisdn,
        "imsi": "310260123456789",
        "imei": "490154203237518",
        "tower_id": "TWR-00001",
        "cell_id": "TWR-00001-1",
        "latitude": 47.6,
        "longitude": -122.3,
        "is_roaming": False,
        "serving_plmn": "310260",
        "revenue_usd": 1.25,
        "called_msisdn": "12065550124",
        "call_type": "mobile_originated",
        "start_time_ms": millis,
        "end_time_ms": millis + 60_000,
        "duration_seconds": 60,
        "termination_cause": "normal",
    }
    return json.dumps(event | values).encode()


def data_files(warehouse: Warehouse, topic: str) -> dict[str, int]:
    """Data files of a bronze table, each with the number of the partitioning that it was written under."""
    tasks = warehouse.lake.table(topic).scan().plan_files()
    return {task.file.file_path: task.file.spec_id for task in tasks}


def overtaken_change(warehouse: Warehouse) -> None:
    """A customer is moved with a stamp from before their newest change, which was published a night ago."""
    (newest,) = warehouse.rows(
        "select customer_id, updated_at, dim.customer_key, dim.city from bronze.crm_customers join ("
        "select customer_id, max(customer_key) as customer_key, max(city) as city from gold.dim_customers"
        " group by customer_id having count(*) = 1) as dim using (customer_id) order by updated_at desc limit 1"
    )
    warehouse.overtaken = newest
    warehouse.change_crm(
        f"update crm.customers set city = 'Between', updated_at = '{newest['updated_at'] - OVERTAKEN_BY}'"
        f" where customer_id = '{newest['customer_id']}'"
    )
    warehouse.ingest(LATER)


def per_day(warehouse: Warehouse) -> dict[str, tuple[int, object]]:
    rows = warehouse.rows(
        "select cast(event_date as varchar) as day, count(*) as calls, sum(revenue_usd) as usd"
        " from gold.fact_calls group by 1"
    )
    return {row["day"]: (row["calls"], row["usd"]) for row in rows}


@pytest.fixture(scope="module")
def second_night(warehouse: Warehouse) -> dict[str, dict[str, tuple[int, object]]]:
    """Everything at once, then one run: facts per day before and after."""
    before = per_day(warehouse)
    noon = dt.datetime.combine(TWO_DAYS_AGO, dt.time(12), dt.UTC)
    bad = call(warehouse, "bad-call", noon, duration_seconds=-5)
    late = call(warehouse, "late-call", noon)
    warehouse.old_layout = data_files(warehouse, "call_events")
    with warehouse.lake.table("call_events").update_spec() as spec:
        spec.add_identity("serving_plmn")
    warehouse.lake.add_values("call_events", [late, late, bad], LATER)
    missed = dt.datetime.combine(MISSED_NIGHT, dt.time(12), dt.UTC)
    missed_call = call(warehouse, "missed-call", missed)
    warehouse.lake.add_values("call_events", [missed_call], missed + dt.timedelta(minutes=5))
    overtaken_change(warehouse)
    # A move is stamped before the one that it follows, and two moves carry the same second.
    for city, stamp in (("Newtown", "2026-11-20 09:00:00+00"), ("Oldtown", "2026-11-20 08:30:00+00")):
        warehouse.change_crm(
            f"update crm.customers set city = '{city}', updated_at = '{stamp}' where customer_id = '{CUSTOMER}'"
        )
        warehouse.ingest(LATER)
    for city in ("First", "Second"):
        warehouse.change_crm(
            f"update crm.customers set city = '{city}', updated_at = '2026-11-20 09:30:00+00'"
            " where customer_id = 'CUST-00000011'"
        )
        warehouse.ingest(LATER)
    sms_files = data_files(warehouse, "sms_events")
    with warehouse.lake.table("sms_events").update_schema() as schema:
        schema.add_column("delivery_channel", StringType())
    assert data_files(warehouse, "sms_events") == sms_files
    warehouse.sql.run(f"alter table {GROWN_TABLE} drop column {GAINED_COLUMN}")
    warehouse.now = LATER
    report = warehouse.nightly()
    assert report.is_published, [result for result in report.results if result.blocks]
    warehouse.second_report = report
    return {"before": before, "after": per_day(warehouse)}


def test_a_late_event_changes_its_own_day_only(second_night: dict[str, dict[str, tuple[int, object]]]) -> None:
    before, after = second_night["before"], second_night["after"]
    changed = {day for day in after if after[day] != before.get(day)}
    assert changed == {str(TWO_DAYS_AGO), str(MISSED_NIGHT)}
    assert after[str(TWO_DAYS_AGO)][0] == before[str(TWO_DAYS_AGO)][0] + 1


@pytest.mark.usefixtures("second_night")
def test_what_arrived_before_the_lookback_and_was_never_worked_on_is_made_up_for(warehouse: Warehouse) -> None:
    (row,) = warehouse.rows("select event_date from gold.fact_calls where call_id = 'missed-call'")
    assert row["event_date"] == MISSED_NIGHT


@pytest.mark.usefixtures("second_night")
def test_a_call_that_fails_a_check_is_in_quarantine_with_its_reason(warehouse: Warehouse) -> None:
    rows = warehouse.rows("select event_id, reason, all_reasons from silver.silver_calls_quarantine")
    assert rows == [{"event_id": "bad-call", "reason": "duration_negative", "all_reasons": "duration_negative"}]


@pytest.mark.usefixtures("second_night")
def test_a_change_that_is_stamped_before_the_one_it_follows_holds_from_when_it_was_found(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        f"select city, valid_from, valid_to, is_current from gold.dim_customers where customer_id = '{CUSTOMER}'"
        " order by valid_from"
    )
    assert [row["city"] for row in rows][-2:] == ["Newtown", "Oldtown"]
    assert [row["is_current"] for row in rows][-2:] == [False, True]
    assert rows[-1]["valid_from"] >= LATER
    for earlier, later in pairwise(rows):
        assert earlier["valid_to"] == later["valid_from"]


@pytest.mark.usefixtures("second_night")
def test_a_backdated_change_leaves_what_was_published_as_it_was_and_is_what_holds_now(warehouse: Warehouse) -> None:
    known = warehouse.overtaken
    rows = warehouse.rows(
        "select customer_key, city, valid_from, valid_to from gold.dim_customers"
        f" where customer_id = '{known['customer_id']}' order by valid_from"
    )
    published, backdated = rows
    assert (published["customer_key"], published["city"]) == (known["customer_key"], known["city"])
    assert backdated["city"] == "Between"
    assert published["valid_to"] == backdated["valid_from"] >= LATER


@pytest.mark.usefixtures("second_night")
def test_a_new_partitioning_leaves_old_files_as_they_are_and_both_are_read(warehouse: Warehouse) -> None:
    files, old = data_files(warehouse, "call_events"), warehouse.old_layout
    new = {path: spec for path, spec in files.items() if path not in old}
    assert {path: files[path] for path in old} == old
    assert set(new.values()) == {warehouse.lake.table("call_events").spec().spec_id}
    assert not set(new.values()) & set(old.values())
    known = warehouse.value("select count(*) from silver.silver_calls where event_id = 'late-call'")
    assert (known, warehouse.value("select count(*) from silver.silver_calls") > 1) == (1, True)


@pytest.mark.usefixtures("second_night")
def test_of_two_changes_in_the_same_second_the_last_one_is_what_holds_now(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select city, is_current from gold.dim_customers where customer_id = 'CUST-00000011'"
        " and valid_from >= timestamp '2026-11-20 09:30:00 UTC' order by valid_from"
    )
    assert rows == [{"city": "First", "is_current": False}, {"city": "Second", "is_current": True}]


@pytest.mark.usefixtures("second_night")
def test_a_new_column_warns_and_does_not_block(warehouse: Warehouse) -> None:
    report = warehouse.second_report
    assert report is not None
    (schema,) = [result for result in report.results if result.gate.name == "schema"]
    assert schema.outcome == "warned"
    assert [reading.subject for reading in schema.evidence] == ["bronze.sms_events.delivery_channel"]


@pytest.mark.usefixtures("second_night")
def test_yesterdays_numbers_can_still_be_queried(warehouse: Warehouse) -> None:
    assert warehouse.first_report is not None
    snapshot = warehouse.first_report.run.outputs["gold", "fact_calls"]
    then = warehouse.value(f"select count(*) from gold.fact_calls for version as of {snapshot}")
    assert then == warehouse.value("select count(*) from gold.fact_calls") - 2


@pytest.mark.usefixtures("second_night")
def test_a_model_that_gained_a_column_adds_it_to_the_table_that_is_there(warehouse: Warehouse) -> None:
    assert warehouse.value(f"select count({GAINED_COLUMN}) as n from {GROWN_TABLE}") > 0


@pytest.mark.usefixtures("second_night")
@pytest.mark.parametrize("day_count", [1, 3])
def test_a_backfill_puts_back_what_was_lost_and_changes_nothing_else(warehouse: Warehouse, day_count: int) -> None:
    before = warehouse.contents("silver", "gold")
    days = DayRange(TWO_DAYS_AGO, TWO_DAYS_AGO + dt.timedelta(days=day_count))
    lost = f"event_date >= date '{days.first}' and event_date < date '{days.until}'"
    for table in ("silver.silver_calls", "gold.fact_calls", "gold.agg_subscriber_daily_usage"):
        warehouse.sql.run(f"delete from {table} where {lost}")
    assert warehouse.contents("silver", "gold") != before
    assert warehouse.nightly(days).is_published
    assert warehouse.contents("silver", "gold") == before
