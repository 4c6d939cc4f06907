"""What must be there once: positions of Kafka, events, keys of facts and sums."""

from collections.abc import Iterator

from contracts.sink_progress import epochs_of
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, readings_of
from jobs.nightly.sql_text import instant
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

# Keys of the tables of gold that have an `event_date`.
DAILY_KEYS = {
    "fact_calls": ("call_id",),
    "agg_subscriber_daily_usage": ("event_date", "subscriber_token", "customer_id", "region"),
    "agg_region_daily_revenue": ("event_date", "region"),
    "agg_tower_hourly_utilization": ("tower_id", "hour_start"),
}
OTHER_KEYS = {
    "agg_customer_monthly_summary": ("customer_id", "month_start"),
    "agg_revenue_by_region": ("region", "fiscal_quarter_start"),
}
QUARANTINE_KEY = ("kafka_partition", "kafka_offset", "_bronze_ingested_at")
# Rows of any day whose event a table of silver has on the run's days: an event is one, whatever days it names. The
# engine reads the ids of all days, and keeps those of the run's days.
_AS_ON_TOUCHED_DAYS = "event_id in (select event_id from $silver_{} where $on_touched_days)"


def read_uniqueness(inspection: Inspection) -> list[Reading]:
    """Rows too many per table, and events that are both in silver and in quarantine."""
    statements = [*_of_bronze(inspection), *_of_silver(inspection), *_of_gold(inspection)]
    return readings_of(inspection.ask(" union all ".join(statements)))


def _doubles(name: str, table: str, key: tuple[str, ...], condition: str) -> str:
    columns = key[0] if len(key) == 1 else f"({', '.join(key)})"
    return (
        f"select '{name}' as subject, cast(count(*) - count(distinct {columns}) as double) as value"  # noqa: S608
        f" from ${table} where {condition}"
    )


def _of_bronze(inspection: Inspection) -> Iterator[str]:
    for topic, contract in inspection.bronze_tables.items():
        epochs = epochs_of(inspection.table(contract.identifier).properties)
        # After a topic was rebuilt, its positions begin again.
        epoch = " + ".join(f"if(_bronze_ingested_at >= {instant(moment)}, 1, 0)" for moment in epochs)
        key = ("_kafka_partition", "_kafka_offset", *([epoch] if epoch else []))
        yield _doubles(f"bronze.{topic}", f"bronze_{contract.name}", key, "$at_touched_times")


def _of_silver(inspection: Inspection) -> Iterator[str]:
    for topic, silver in SILVER_TABLE_BY_TOPIC.items():
        if topic in inspection.topics:
            refused = f"{silver}_quarantine"
            yield _doubles(f"silver.{silver}", f"silver_{silver}", ("event_id",), _AS_ON_TOUCHED_DAYS.format(silver))
            yield _doubles(f"silver.{refused}", f"silver_{refused}", QUARANTINE_KEY, "$on_touched_days")
            yield (
                f"select 'silver.{silver} and its quarantine', cast(count(*) as double)"  # noqa: S608
                f" from $silver_{silver} where {_AS_ON_TOUCHED_DAYS.format(refused)}"
            )


def _of_gold(inspection: Inspection) -> Iterator[str]:
    for table, key in (DAILY_KEYS | OTHER_KEYS).items():
        if inspection.has(("gold", table)):
            condition = "$on_touched_days" if table in DAILY_KEYS else "true"
            yield _doubles(f"gold.{table}", f"gold_{table}", key, condition)
