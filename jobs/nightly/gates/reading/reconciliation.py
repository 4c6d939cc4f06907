"""Whether what was made adds up to what it was made from: bronze to silver, silver to facts, facts to every sum."""

from collections.abc import Iterator

from contracts.events import DataSessionEvent, NetworkProbeEvent, SmsEvent
from jobs.nightly.gates.comparison import Comparison, Side
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, readings_of, sql_file
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

DAY, MONTH, REGION = "cast(event_date as varchar)", "substr(cast({} as varchar), 1, 7)", "region"
ON_DAYS, IN_MONTHS = "$on_touched_days", "$in_touched_months"
ON_OTHER_DAYS_TOO = "event_id in (select event_id from $bronze_{topic} where $at_touched_times)"
CALLS = {
    "calls": "count(*)",
    "call_seconds": "sum(duration_seconds)",
    "call_revenue": "sum(revenue_usd)",
}
DROPPED = "count_if(is_dropped)"
CALL_SUMS = {
    "calls": "sum(call_count)",
    "call_seconds": "sum(call_seconds)",
    "call_revenue": "sum(call_revenue_usd)",
}
USAGE_SUMS = CALL_SUMS | {
    "dropped_calls": "sum(dropped_call_count)",
    "messages": "sum(sms_count)",
    "sms_revenue": "sum(sms_revenue_usd)",
    "sessions": "sum(data_session_count)",
    "data_bytes": "sum(data_bytes)",
    "data_revenue": "sum(data_revenue_usd)",
}
REVENUES = CALL_SUMS | {"sms_revenue": "sum(sms_revenue_usd)", "data_revenue": "sum(data_revenue_usd)"}
MONTHLY_SUMS = {name: expression for name, expression in USAGE_SUMS.items() if not name.endswith("revenue")}
ALL_REVENUE = "sum(call_revenue_usd + sms_revenue_usd + data_revenue_usd)"
MESSAGES = {"messages": "count(*)", "sms_revenue": "sum(revenue_usd)"}
SESSIONS = {
    "sessions": "count(*)",
    "data_bytes": "sum(bytes_up + bytes_down)",
    "data_revenue": "sum(revenue_usd)",
}


def read_reconciliation(inspection: Inspection) -> list[Reading]:
    """Readings of what does not add up, by table and day, month or region; none if all does."""
    statements = [comparison.statement() for comparison in _comparisons(inspection)]
    statements += [_of_bronze(topic, ON_DAYS) for topic in _silver_topics(inspection)]
    readings = readings_of(inspection.ask(" union all ".join(f"({statement})" for statement in statements)))
    return [*_without_far_copies(inspection, readings)]


def _silver_topics(inspection: Inspection) -> list[str]:
    return [topic for topic in SILVER_TABLE_BY_TOPIC if topic in inspection.topics]


def _of_bronze(topic: str, where_accepted: str) -> str:
    silver = SILVER_TABLE_BY_TOPIC[topic]
    return sql_file("bronze_to_silver", topic=topic, silver=silver, where_accepted=where_accepted)


def _without_far_copies(inspection: Inspection, readings: list[Reading]) -> Iterator[Reading]:
    """What differs in bronze is counted once more, against all days of silver.

    The event may have been accepted on another day than the run's, of which most nights need not be read.
    """
    at_fault = {topic for topic in _silver_topics(inspection) if any(_is_of(topic, each) for each in readings)}
    yield from (reading for reading in readings if not any(_is_of(topic, reading) for topic in at_fault))
    for topic in sorted(at_fault):
        yield from readings_of(inspection.ask(_of_bronze(topic, ON_OTHER_DAYS_TOO.format(topic=topic))))


def _is_of(topic: str, reading: Reading) -> bool:
    return reading.subject.startswith(f"bronze.{topic} ")


def _comparisons(inspection: Inspection) -> Iterator[Comparison]:
    """Every fact and every sum. Without a topic its tables are empty, and nothing differs."""
    yield _facts()
    yield _daily_usage()
    yield _of_regions()
    yield _of_months()
    yield _of_quarters(inspection.run.calendar.fiscal_year_first_month)
    yield _of_towers()


def _facts() -> Comparison:
    made = Side(f"$gold_fact_calls where {ON_DAYS}", DAY, CALLS)
    return Comparison("gold.fact_calls on", made, (Side(f"$silver_silver_calls where {ON_DAYS}", DAY, CALLS),))


def _daily_usage() -> Comparison:
    origins = (
        Side(f"$gold_fact_calls where {ON_DAYS}", DAY, CALLS | {"dropped_calls": DROPPED}),
        Side(f"$silver_{SILVER_TABLE_BY_TOPIC[SmsEvent.topic]} where {ON_DAYS}", DAY, MESSAGES),
        Side(f"$silver_{SILVER_TABLE_BY_TOPIC[DataSessionEvent.topic]} where {ON_DAYS}", DAY, SESSIONS),
    )
    made = Side(f"$gold_agg_subscriber_daily_usage where {ON_DAYS}", DAY, USAGE_SUMS)
    return Comparison("gold.agg_subscriber_daily_usage on", made, origins)


def _of_regions() -> Comparison:
    key = f"concat({DAY}, ' in ', {REGION})"
    made = Side(f"$gold_agg_region_daily_revenue where {ON_DAYS}", key, REVENUES)
    origin = Side(f"$gold_agg_subscriber_daily_usage where {ON_DAYS}", key, REVENUES)
    return Comparison("gold.agg_region_daily_revenue on", made, (origin,))


def _of_months() -> Comparison:
    made = Side(
        "$gold_agg_customer_monthly_summary where $of_touched_months",
        MONTH.format("month_start"),
        MONTHLY_SUMS | {"revenue": "sum(usage_revenue_usd)"},
    )
    origin = Side(
        f"$gold_agg_subscriber_daily_usage where {IN_MONTHS}",
        MONTH.format("event_date"),
        MONTHLY_SUMS | {"revenue": ALL_REVENUE},
    )
    return Comparison("gold.agg_customer_monthly_summary in", made, (origin,))


def _of_quarters(fiscal_year_first_month: int) -> Comparison:
    shift = (fiscal_year_first_month - 1) % 3
    quarter = f"date_add('month', {shift}, date_trunc('quarter', date_add('month', -{shift}, event_date)))"
    made_key = f"concat({REGION}, ' from ', cast(fiscal_quarter_start as varchar))"
    origin_key = f"concat({REGION}, ' from ', cast(cast({quarter} as date) as varchar))"
    made = Side("$gold_agg_revenue_by_region", made_key, REVENUES | {"revenue": "sum(total_revenue_usd)"})
    origin = Side("$gold_agg_region_daily_revenue", origin_key, REVENUES | {"revenue": ALL_REVENUE})
    return Comparison("gold.agg_revenue_by_region of", made, (origin,))


def _of_towers() -> Comparison:
    key = f"concat({DAY}, ' at ', tower_id)"
    readings = {"readings": "count(*)", "dropped_calls": "sum(dropped_calls)"}
    sums = {"readings": "sum(reading_count)", "dropped_calls": "sum(dropped_calls)"}
    hourly_calls = CALL_SUMS | {"call_revenue": "sum(revenue_usd)"}
    made = Side(f"$gold_agg_tower_hourly_utilization where {ON_DAYS}", key, hourly_calls | sums)
    probes = f"$silver_{SILVER_TABLE_BY_TOPIC[NetworkProbeEvent.topic]} where {ON_DAYS}"
    origins = (Side(f"$gold_fact_calls where {ON_DAYS}", key, CALLS), Side(probes, key, readings))
    return Comparison("gold.agg_tower_hourly_utilization on", made, origins)
