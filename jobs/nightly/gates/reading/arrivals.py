"""When records arrived: whether streams and batches are fresh, and which records were late."""

import datetime as dt

from contracts.batch_tables import BATCH_TABLES, COMPARED_AT
from contracts.events import CallEvent, DataSessionEvent, NetworkProbeEvent, SmsEvent
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, sql_file
from jobs.nightly.gates.judging.freshness import Habits, HourOfArrivals, batch_readings, stream_readings
from jobs.nightly.gates.judging.late_records import Lateness, late_readings
from jobs.nightly.gates.reading.sink_commits import read_dead_letters
from jobs.nightly.gates.statement import first_moment
from jobs.nightly.sql_text import instant

# When a record could have been sent: a call or a session is recorded when it ends.
SENDABLE_AT = {
    CallEvent.topic: "greatest(event_time, end_time)",
    DataSessionEvent.topic: "greatest(event_time, end_time)",
    SmsEvent.topic: "event_time",
    NetworkProbeEvent.topic: "event_time",
}
HOURS = (
    "select {stream} as stream, date_trunc('hour', _bronze_ingested_at) as hour,"
    " max(_bronze_ingested_at) as newest, count(*) as arrived"
    " from $bronze_{topic} where _bronze_ingested_at >= $arrivals_since{and_only} group by 1, 2"
)
# A misspelt region sends nothing ever after. Without an inventory, nobody knows which are.
OF_KNOWN_REGION = (
    " and (region in (select region from $gold_dim_towers) or not exists (select 1 from $gold_dim_towers))"
)


def read_freshness(inspection: Inspection) -> list[Reading]:
    """A reading per topic that sources send, per region of the probes, and per table of CRM, billing and inventory."""
    run, gate = inspection.run, inspection.settings.freshness
    topics = [topic for topic in SENDABLE_AT if topic in inspection.topics]
    by_region = [topic for topic in topics if topic == NetworkProbeEvent.topic]
    statements = [HOURS.format(stream=f"'{topic}'", topic=topic, and_only="") for topic in topics]
    statements += [
        HOURS.format(stream=f"concat('{topic} in ', region)", topic=topic, and_only=OF_KNOWN_REGION)
        for topic in by_region
    ]
    since = first_moment(run, gate.history_days)
    rows = inspection.ask(" union all ".join(statements), {"arrivals_since": instant(since)}) if statements else []
    hours = [HourOfArrivals(row["stream"], row["hour"], row["newest"], row["arrived"]) for row in rows]
    habits = Habits(gate, run.calendar, inspection.day_kinds)
    streams = stream_readings(topics, hours, since, run.now, habits)
    return [*streams, *_batches(inspection, since)]


def read_late_and_dead_letters(inspection: Inspection) -> list[Reading]:
    """A reading of late records per topic that sources send and judged day, and one of dead letters per topic."""
    gate = inspection.settings.late_and_dead_letters
    topics = [topic for topic in SENDABLE_AT if topic in inspection.topics]
    records = " union all ".join(
        f"select '{topic}' as topic, _bronze_ingested_at as arrived_at, {SENDABLE_AT[topic]} as sendable_at"  # noqa: S608
        f" from $bronze_{topic} where _bronze_ingested_at >= $arrivals_since"
        for topic in topics
    )
    late: list[Lateness] = []
    judged = {of_day.day for of_day in inspection.run.judged.days}
    if topics and judged:
        statement = sql_file("late_records", records=records)
        parameters = {
            "late_after_minutes": gate.late_after_minutes,
            "catch_up_share": f"{gate.catch_up_share:f}",
            "arrivals_since": instant(first_moment(inspection.run, gate.history_days)),
        }
        rows = inspection.ask(statement, parameters)
        late = [
            Lateness(row["topic"], row["day"], row["arrived"], row["late"], row["held_up"])
            for row in rows
            if row["day"] in judged
        ]
    return [*late_readings(late, gate), *read_dead_letters(inspection)]


def _batches(inspection: Inspection, since: dt.datetime) -> list[Reading]:
    """Tables that every CRM has. A quiet one gets no row for weeks, so what counts is when it was last compared."""
    properties = {
        table.name: inspection.table(table.identifier).properties for table in BATCH_TABLES if not table.is_optional
    }
    compared_at = {
        name: dt.datetime.fromisoformat(found[COMPARED_AT]) if COMPARED_AT in found else None
        for name, found in properties.items()
    }
    return batch_readings(compared_at, since, inspection.run.now, inspection.settings.freshness)
