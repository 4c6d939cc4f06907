"""Which event days a run has to work on: it reads and compares no others."""

import datetime as dt
from collections.abc import Mapping

from contracts.events import CallEvent, DataSessionEvent, NetworkProbeEvent, SmsEvent
from jobs.nightly.audited_run import TableName
from jobs.nightly.sql_text import at_snapshot
from jobs.runtime.trino import TrinoSql

SILVER_TABLE_BY_TOPIC = {
    CallEvent.topic: "silver_calls",
    SmsEvent.topic: "silver_sms",
    DataSessionEvent.topic: "silver_data_sessions",
    NetworkProbeEvent.topic: "silver_network_probes",
}


def days_arrived(sql: TrinoSql, inputs: Mapping[TableName, int], since: dt.date, time_zone: str) -> frozenset[dt.date]:
    """Event days of all rows that arrived in bronze from `since` (UTC) on, in the snapshots that the run reads."""
    return frozenset(row["day"] for row in sql.rows(days_statement(sql.catalog, inputs, since, time_zone)))


def days_statement(catalog: str, inputs: Mapping[TableName, int], since: dt.date, time_zone: str) -> str:
    """The query: distinct days, as they are cut in `time_zone`, over the event tables that become silver."""
    arrivals = " union all ".join(
        f"select event_time from {at_snapshot(catalog, table, snapshot)}"  # noqa: S608
        f" where _bronze_ingested_at >= timestamp '{since} 00:00:00 UTC'"
        for table, snapshot in sorted(inputs.items())
        if table[1] in SILVER_TABLE_BY_TOPIC
    )
    day = f"cast(event_time at time zone '{time_zone}' as date)"
    return f"select distinct {day} as day from ({arrivals})"  # noqa: S608
