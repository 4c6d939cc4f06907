"""Customers who came, left, moved or swapped numbers days ago: facts follow, and usage stays whose it was."""

import datetime as dt

import pytest
from late_news import CHANGED_HANDS_AT, NEW_CITY, NEW_OWNER, NEWCOMER, LateNews
from warehouse import RUN_DATE, Warehouse

from jobs.nightly.gates.gate import Outcome

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
FIRST_DAY, SECOND_DAY = RUN_DATE - dt.timedelta(days=2), RUN_DATE - dt.timedelta(days=1)
DAYS = [FIRST_DAY, SECOND_DAY, RUN_DATE]


def owners_by_day(warehouse: Warehouse, msisdn: str) -> dict[dt.date, set[str]]:
    """Whose calls the facts say they were."""
    rows = warehouse.rows(
        "select f.event_date as day, array_agg(distinct f.customer_id) as owners from gold.fact_calls f"
        f" join silver.silver_calls s on s.event_id = f.call_id where s.msisdn = '{msisdn}' group by 1"
    )
    return {row["day"]: set(row["owners"]) for row in rows}


def usage(warehouse: Warehouse, *customers: str) -> dict[str, int]:
    """Calls of the month by customer."""
    listed = ", ".join(f"'{customer}'" for customer in customers)
    rows = warehouse.rows(
        "select customer_id, sum(call_count) as calls from gold.agg_customer_monthly_summary"
        f" where customer_id in ({listed}) group by 1"
    )
    return {row["customer_id"]: row["calls"] for row in rows}


def calls(warehouse: Warehouse, msisdn: str, *days: dt.date) -> int:
    """Calls of a number."""
    listed = ", ".join(f"date '{day}'" for day in days)
    return int(
        warehouse.value(
            f"select count(*) from silver.silver_calls where msisdn = '{msisdn}' and event_date in ({listed})"
        )
    )


def test_a_number_that_was_given_again_is_its_owners_of_the_time(warehouse: Warehouse, late_news: LateNews) -> None:
    former, number = late_news.deleted.customer_id, late_news.deleted.msisdn
    assert owners_by_day(warehouse, number) == {FIRST_DAY: {former}, SECOND_DAY: {NEW_OWNER}, RUN_DATE: {NEW_OWNER}}
    assert usage(warehouse, former, NEW_OWNER) == {
        former: calls(warehouse, number, FIRST_DAY),
        NEW_OWNER: calls(warehouse, number, SECOND_DAY, RUN_DATE),
    }
    spans = warehouse.rows(
        "select customer_id, valid_to from gold.dim_number_owners where subscriber_token ="
        f" (select min(subscriber_token) from silver.silver_calls where msisdn = '{number}') order by valid_from"
    )
    assert [row["customer_id"] for row in spans] == [former, NEW_OWNER]
    assert spans[0]["valid_to"] == CHANGED_HANDS_AT


def test_swapped_numbers_take_their_usage_from_the_swap_on(warehouse: Warehouse, late_news: LateNews) -> None:
    one, other = late_news.swapped
    before, after = {one.customer_id}, {other.customer_id}
    assert owners_by_day(warehouse, one.msisdn) == dict(zip(DAYS, (before, after, after), strict=True))
    assert owners_by_day(warehouse, other.msisdn) == dict(zip(DAYS, (after, before, before), strict=True))
    assert usage(warehouse, one.customer_id, other.customer_id) == {
        one.customer_id: calls(warehouse, one.msisdn, FIRST_DAY) + calls(warehouse, other.msisdn, *DAYS[1:]),
        other.customer_id: calls(warehouse, other.msisdn, FIRST_DAY) + calls(warehouse, one.msisdn, *DAYS[1:]),
    }


def test_a_customer_who_arrives_late_and_spelled_otherwise_has_the_calls_of_before(
    warehouse: Warehouse, late_news: LateNews
) -> None:
    assert owners_by_day(warehouse, late_news.unknown_msisdn) == {day: {NEWCOMER} for day in DAYS}


def test_a_change_of_days_ago_restates_the_facts_since_then(warehouse: Warehouse, late_news: LateNews) -> None:
    assert set(DAYS) <= set(late_news.report.run.days)
    cities = warehouse.rows(
        "select distinct f.event_date as day, c.city from gold.fact_calls f"
        " join gold.dim_customers c on c.customer_key = f.customer_key"
        f" where f.customer_id = '{late_news.moved.customer_id}' order by 1"
    )
    assert cities == [{"day": day, "city": NEW_CITY} for day in DAYS]


@pytest.mark.usefixtures("late_news")
def test_no_usage_is_lost_or_counted_twice(warehouse: Warehouse) -> None:
    summed = warehouse.value("select sum(call_count) from gold.agg_customer_monthly_summary")
    daily = warehouse.value("select sum(call_count) from gold.agg_subscriber_daily_usage")
    assert summed == daily == warehouse.value("select count(*) from silver.silver_calls")


def test_the_history_of_customers_and_numbers_is_sound(late_news: LateNews) -> None:
    (history,) = [result for result in late_news.report.results if result.gate.name == "customer_history"]
    assert (history.outcome, history.value) == (Outcome.PASSED, 0)
