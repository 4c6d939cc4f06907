"""Which event days a run has to work on: it reads and compares no others."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.events import CallEvent, DataSessionEvent, NetworkProbeEvent, SmsEvent
from jobs.nightly.audited_run import TableName
from jobs.nightly.sql_text import at_snapshot, instant
from jobs.runtime.trino import TrinoSql

SILVER_TABLE_BY_TOPIC = {
    CallEvent.topic: "silver_calls",
    SmsEvent.topic: "silver_sms",
    DataSessionEvent.topic: "silver_data_sessions",
    NetworkProbeEvent.topic: "silver_network_probes",
}


@dataclass(frozen=True)
class Arrivals:
    """Rows that arrived from the day `since` (UTC) on. With `new_since`, those that arrived before that moment count
    only if their events happened from `since` on, too: a history that was sent once is not looked at for days on end.
    """

    since: dt.date
    new_since: dt.datetime | None = None

    def condition(self) -> str:
        """The same in SQL."""
        since = f"timestamp '{self.since} 00:00:00 UTC'"
        if self.new_since is None:
            return f"_bronze_ingested_at >= {since}"
        recent = f"(event_time >= {since} or _bronze_ingested_at >= {instant(self.new_since)})"
        return f"_bronze_ingested_at >= {since} and {recent}"


def days_arrived(
    sql: TrinoSql, inputs: Mapping[TableName, int], arrivals: Arrivals, time_zone: str
) -> frozenset[dt.date]:
    """Event days of these arrivals in bronze, in the snapshots that the run reads."""
    return frozenset(row["day"] for row in sql.rows(days_statement(sql.catalog, inputs, arrivals, time_zone)))


def days_statement(catalog: str, inputs: Mapping[TableName, int], counted: Arrivals, time_zone: str) -> str:
    """The query: distinct days, as they are cut in `time_zone`, over the event tables that become silver."""
    arrivals = " union all ".join(
        f"select event_time from {at_snapshot(catalog, table, snapshot)} where {counted.condition()}"  # noqa: S608
        for table, snapshot in sorted(inputs.items())
        if table[1] in SILVER_TABLE_BY_TOPIC
    )
    day = f"cast(event_time at time zone '{time_zone}' as date)"
    return f"select distinct {day} as day from ({arrivals})"  # noqa: S608
