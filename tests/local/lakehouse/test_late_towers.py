"""A tower enters the inventory a night late, and another one is rebuilt: gold follows, and its sums add up."""

import pytest
from late_news import NEW_REGION, REBUILT_TOWER, LateNews, unknown_regions
from warehouse import LATE_TOWER, RUN_DATE, Warehouse

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


def regions_of(warehouse: Warehouse, tower: str) -> dict[str, set[str]]:
    """Regions in which gold has the tower's calls and hours."""
    tables = {"fact_calls", "agg_tower_hourly_utilization"}
    return {
        table: {row["region"] for row in warehouse.rows(f"select region from gold.{table} where tower_id = '{tower}'")}
        for table in tables
    }


def test_a_tower_that_enters_late_heals_calls_messages_data_and_hours(
    warehouse: Warehouse, late_news: LateNews
) -> None:
    assert min(late_news.unknown_regions.values()) > 0
    assert unknown_regions(warehouse) == {"calls": 0, "messages": 0, "sessions": 0}
    assert set(map(frozenset, regions_of(warehouse, LATE_TOWER).values())) == {frozenset({"texas"})}


@pytest.mark.usefixtures("late_news")
def test_sums_add_up_after_a_late_tower(warehouse: Warehouse) -> None:
    (silver,) = warehouse.rows(
        "select (select count(*) from silver.silver_calls) as calls,"
        " (select count(*) from silver.silver_sms) as messages,"
        " (select count(*) from silver.silver_data_sessions) as sessions, (select sum(revenue_usd) from"
        " (select revenue_usd from silver.silver_calls union all select revenue_usd from silver.silver_sms"
        " union all select revenue_usd from silver.silver_data_sessions)) as usd"
    )
    (gold,) = warehouse.rows(
        "select sum(call_count) as calls, sum(sms_count) as messages, sum(data_session_count) as sessions,"
        " sum(call_revenue_usd + sms_revenue_usd + data_revenue_usd) as usd from gold.agg_subscriber_daily_usage"
    )
    assert gold == silver
    assert warehouse.value("select sum(total_revenue_usd) from gold.agg_revenue_by_region") == silver["usd"]


@pytest.mark.usefixtures("late_news")
def test_a_change_of_a_tower_leaves_the_days_before_it_as_they_were(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select distinct event_date as day, f.region, t.capacity_users as capacity, t.version_number as version"
        " from gold.fact_calls f join gold.dim_towers t using (tower_key)"
        f" where f.tower_id = '{REBUILT_TOWER}' order by day"
    )
    before = [row for row in rows if row["day"] < RUN_DATE]
    after = [row for row in rows if row["day"] == RUN_DATE]
    assert {(row["region"], row["version"]) for row in before} == {("northeast", 1)}
    assert {(row["region"], row["version"], row["capacity"]) for row in after} == {(NEW_REGION, 2, 1)}
