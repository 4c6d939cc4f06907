"""Rows that are not what they should be: refused ones, and those that point at nothing."""

from collections.abc import Iterator

from contracts.batch_tables import BATCH_TABLES
from contracts.events import CallEvent, DataSessionEvent, NetworkProbeEvent, SmsEvent
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, readings_of, sql_file
from jobs.nightly.gates.judging.held_back import held_back_readings
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

UNKNOWN = "unknown"
COUNTED_USAGE = {
    CallEvent.topic: "call_count",
    SmsEvent.topic: "sms_count",
    DataSessionEvent.topic: "data_session_count",
}


def read_validity(inspection: Inspection) -> list[Reading]:
    """Share of rows in quarantine, by table of silver, and of the CRM's rows held back, by table and reason."""
    min_rows = max(1, inspection.settings.validity.min_rows)
    noted = {table.name: inspection.table(table.identifier).properties for table in BATCH_TABLES}
    held_back = held_back_readings(noted, min_rows)
    tables = [silver for topic, silver in SILVER_TABLE_BY_TOPIC.items() if topic in inspection.topics]
    if not tables:
        return held_back
    statement = " union all ".join(sql_file("validity", silver=silver) for silver in tables)
    return [*readings_of(inspection.ask(statement, {"min_rows": min_rows})), *held_back]


def read_customer_history(inspection: Inspection) -> list[Reading]:
    """Versions of the dimensions at fault, by kind of fault."""
    return readings_of(inspection.measure("customer_history"))


def read_referential(inspection: Inspection) -> list[Reading]:
    """Share of rows that point at nothing, by table and dimension."""
    sources = " union all ".join(_sources(inspection))
    if not sources:
        return []
    parameters = {"min_rows": max(1, inspection.settings.referential.min_rows)}
    pointing = readings_of(inspection.ask(sql_file("referential", sources=sources), parameters))
    return [*pointing, *_unknown_regions(inspection)]


def _unknown_regions(inspection: Inspection) -> list[Reading]:
    """A reading for each region that towers say and the inventory does not have, however few say it: a slip of the pen
    in the settings of one tower. The shares of rows tell how much of the network is concerned.
    """
    if NetworkProbeEvent.topic not in inspection.topics:
        return []
    rows = inspection.measure("unknown_regions")
    return [
        Reading(
            f"region {row['region']}", 0.0, f"{row['towers']} towers such as {row['example']} say it", is_named=True
        )
        for row in rows
    ]


def _sources(inspection: Inspection) -> Iterator[str]:
    topics = [topic for topic in SILVER_TABLE_BY_TOPIC if topic in inspection.topics]
    if CallEvent.topic in topics:
        yield _CALLS_WITHOUT_CUSTOMER_VERSION
    for topic in topics:
        if topic in COUNTED_USAGE:
            yield _usage_of_nobody(COUNTED_USAGE[topic])
        yield _at_unknown_towers(SILVER_TABLE_BY_TOPIC[topic], topic in COUNTED_USAGE)
    if NetworkProbeEvent.topic in topics:
        yield _IN_ANOTHER_REGION


_CALLS_WITHOUT_CUSTOMER_VERSION = (
    "select 'fact_calls' as source, 'customer_key' as dimension, count_if(customer.customer_key is null) as wrong,"
    " count(*) as all_rows, cast(null as varchar) as example"
    " from $gold_fact_calls as call left join $gold_dim_customers as customer"
    " on customer.customer_key = call.customer_key and call.event_time >= customer.valid_from"
    " and call.event_time < customer.valid_to where $on_touched_days"
)
_WITH_ITS_TOWER = (
    " left join $gold_dim_towers as tower on tower.tower_id = event.tower_id"
    " and event.event_time >= tower.valid_from and event.event_time < tower.valid_to"
)
_IN_ANOTHER_REGION = (
    "select 'silver_network_probes', 'region', count_if(tower.region <> event.region), count(*),"  # noqa: S608
    " min_by(concat(event.tower_id, ' says ', event.region, ', not ', tower.region), event.tower_id)"
    " filter (where tower.region <> event.region)"
    f" from $silver_silver_network_probes as event{_WITH_ITS_TOWER} where $on_touched_days"
)


def _usage_of_nobody(counted: str) -> str:
    return (
        f"select 'agg_subscriber_daily_usage', 'customer_id of {counted}',"  # noqa: S608
        f" coalesce(sum({counted}) filter (where customer_id = '{UNKNOWN}'), 0), coalesce(sum({counted}), 0), null"
        " from $gold_agg_subscriber_daily_usage where $on_touched_days"
    )


def _at_unknown_towers(silver: str, may_roam: bool) -> str:
    """Towers of partner networks are nobody's to know. A pipeline without an inventory has no tower to refer to."""
    own_network = " and not event.is_roaming" if may_roam else ""
    return (
        f"select '{silver}', 'tower_id', count_if(inventory.has_towers and tower.tower_key is null), count(*), null"  # noqa: S608
        f" from $silver_{silver} as event{_WITH_ITS_TOWER}"
        " cross join (select count(*) > 0 as has_towers from $gold_dim_towers) as inventory"
        f" where $on_touched_days{own_network}"
    )
