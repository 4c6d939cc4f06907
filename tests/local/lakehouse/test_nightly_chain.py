"""The first nightly run on real engines: what is published, and that it adds up."""

import pytest
from warehouse import LATE_TOWER, RUN_DATE, Warehouse

from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC
from telecom.audit.ledger_balance import balance_ledger

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def test_a_clean_day_passes_every_blocking_gate_and_is_published(warehouse: Warehouse) -> None:
    report = warehouse.first_report
    assert report is not None
    failed = [(result.gate.name, result.evidence) for result in report.results if result.blocks]
    assert failed == []
    assert len(report.results) == 15
    assert report.is_published
    published = warehouse.value("select count(*) from published.fact_calls")
    assert published == warehouse.value("select count(*) from gold.fact_calls") > 0


def test_the_ledger_balances_down_to_gold(warehouse: Warehouse) -> None:
    balance = balance_ledger(warehouse.sql, warehouse.lake.ledger)
    assert {of_topic.topic: of_topic.missing for of_topic in balance.silver} == dict.fromkeys(SILVER_TABLE_BY_TOPIC, 0)
    assert balance.gold_balanced
    for of_topic in balance.silver:
        assert of_topic.silver > 0
        assert warehouse.lake.dead_letters[of_topic.topic] == of_topic.dead_letters


def test_gold_totals_equal_silver_totals(warehouse: Warehouse) -> None:
    silver = warehouse.rows(
        "select sum(revenue_usd) as revenue, sum(duration_seconds) as seconds from silver.silver_calls"
    )
    facts = warehouse.rows("select sum(revenue_usd) as revenue, sum(duration_seconds) as seconds from gold.fact_calls")
    assert silver == facts
    usage = sum(
        warehouse.value(f"select sum(revenue_usd) from silver.{table}")
        for table in ("silver_calls", "silver_sms", "silver_data_sessions")
    )
    assert warehouse.value("select sum(total_revenue_usd) from gold.agg_revenue_by_region") == usage


def test_facts_point_at_the_customer_version_of_their_time(warehouse: Warehouse) -> None:
    misplaced = warehouse.value(
        "select count(*) from gold.fact_calls f join gold.dim_customers c on c.customer_key = f.customer_key"
        " where f.event_time < c.valid_from or f.event_time >= c.valid_to"
    )
    assert misplaced == 0
    assert warehouse.value(f"select count(*) from gold.fact_calls where event_date = date '{RUN_DATE}'") > 0


def test_facts_point_at_the_tower_version_of_their_time(warehouse: Warehouse) -> None:
    (row,) = warehouse.rows(
        f"select count_if(t.tower_key is null and f.tower_id <> '{LATE_TOWER}') as unknown,"
        " count_if(f.region <> t.region or f.event_time < t.valid_from or f.event_time >= t.valid_to) as misplaced"
        " from gold.fact_calls f left join gold.dim_towers t on t.tower_key = f.tower_key"
    )
    assert row == {"unknown": 0, "misplaced": 0}


def test_no_raw_number_reaches_gold(warehouse: Warehouse) -> None:
    msisdn = warehouse.value("select min(msisdn) from silver.silver_calls")
    tables = ("fact_calls", "dim_customers", "agg_subscriber_daily_usage")
    for table in tables:
        columns = warehouse.rows(
            "select column_name as name from information_schema.columns"
            f" where table_schema = 'gold' and table_name = '{table}'"
        )
        texts = ", ".join(f"cast({column['name']} as varchar)" for column in columns)
        assert warehouse.value(f"select count(*) from gold.{table} where contains(array[{texts}], '{msisdn}')") == 0
    token = warehouse.value(f"select min(subscriber_token) from silver.silver_calls where msisdn = '{msisdn}'")
    assert token.startswith("k1:")
    assert len(token) == len("k1:") + 64


def test_history_deduplication_and_masks_hold_on_the_real_engine(warehouse: Warehouse) -> None:
    warehouse.dbt.run(("test", "--select", "test_type:unit"), {})
    statuses = {name: result["status"] for name, result in warehouse.dbt_results().items()}
    assert {
        "dim_customers",
        "dim_number_owners",
        "dim_towers",
        "silver_towers",
        "tower_load_live",
        "silver_calls",
        "silver_customers",
    } <= statuses.keys()
    assert set(statuses.values()) == {"pass"}


def test_the_same_day_again_writes_nothing_new(warehouse: Warehouse) -> None:
    before = warehouse.snapshots("silver") | warehouse.snapshots("gold")
    contents = warehouse.contents("silver", "gold")
    report = warehouse.nightly()
    assert report.is_published
    after = warehouse.snapshots("silver") | warehouse.snapshots("gold")
    rebuilt = {name for name, snapshot in after.items() if snapshot != before[name]}
    # A small table without a key to merge by is built again; all others are left as they are.
    assert rebuilt <= {"agg_revenue_by_region"}
    assert warehouse.contents("silver", "gold") == contents


def test_a_table_whose_input_is_the_same_is_left_alone_unless_somebody_touched_it(warehouse: Warehouse) -> None:
    assert warehouse.nightly().is_published
    assert warehouse.dbt_results()["silver_payments"]["message"] == "UNCHANGED"
    assert warehouse.dbt_results()["silver_invoices"]["message"] == "UNCHANGED"
    contents = warehouse.contents("silver")
    warehouse.sql.run(
        "delete from silver.silver_payments where amount_usd = (select max(amount_usd) from silver.silver_payments)"
    )
    assert warehouse.contents("silver") != contents
    assert warehouse.nightly().is_published
    assert warehouse.dbt_results()["silver_payments"]["message"] != "UNCHANGED"
    assert warehouse.dbt_results()["silver_invoices"]["message"] == "UNCHANGED"
    assert warehouse.contents("silver") == contents
