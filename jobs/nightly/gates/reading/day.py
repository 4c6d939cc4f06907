"""The judged days against the days before: how much there is, how it is spread, how much is fraud."""

from itertools import chain

from contracts.events import CallEvent, DataSessionEvent, FraudAlert, NetworkProbeEvent, SmsEvent
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR, JudgedDay, day_start
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, sql_file
from jobs.nightly.gates.judging.distribution import BucketCount, distribution_readings, same_day_of_month_before
from jobs.nightly.gates.judging.fraud_health import HOURS_OF_A_DAY, fraud_readings
from jobs.nightly.gates.judging.volume import HourlyRows, not_judged, volume_readings
from jobs.nightly.gates.statement import first_moment
from jobs.nightly.sql_text import instant
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC
from jobs.runtime.trino import Row

SUBJECTS = {
    CallEvent.topic: "calls",
    SmsEvent.topic: "messages",
    DataSessionEvent.topic: "data sessions",
    NetworkProbeEvent.topic: "readings of towers",
}
# Towers send readings at a rate that somebody sets.
COMPARED_TOPICS = SUBJECTS.keys() - {NetworkProbeEvent.topic}


def read_volume(inspection: Inspection) -> list[Reading]:
    """Calls, messages and data sessions against what is usual, and readings of towers only where they stop."""
    run, gate = inspection.run, inspection.settings.volume
    hourly = _hourly_rows(inspection) if run.judged.days else {}
    judgements = (
        volume_readings(rows, judged, gate, run.calendar, inspection.day_kinds, topic in COMPARED_TOPICS)
        for topic, rows in hourly.items()
        for judged in run.judged.days
    )
    return [*not_judged(run.judged.left_out), *chain.from_iterable(judgements)]


def _hourly_rows(inspection: Inspection) -> dict[str, HourlyRows]:
    """What silver has of each topic of the pipeline that is known here."""
    topics = [topic for topic in SUBJECTS if topic in inspection.topics]
    if not topics:
        return {}
    statement = " union all ".join(
        sql_file("volume", topic=topic, silver=SILVER_TABLE_BY_TOPIC[topic]) for topic in topics
    )
    found: dict[str, list[Row]] = {topic: [] for topic in topics}
    for row in inspection.ask(statement, {"history_days": inspection.settings.volume.history_days}):
        found[row["topic"]].append(row)
    return {topic: _of_hours(SUBJECTS[topic], rows) for topic, rows in found.items()}


def _of_hours(subject: str, rows: list[Row]) -> HourlyRows:
    first_arrival = min((row["first_arrival"] for row in rows), default=None)
    return HourlyRows(subject, {row["hour_start"]: row["events"] for row in rows}, first_arrival)


def read_distribution(inspection: Inspection) -> list[Reading]:
    """Durations, charges and causes of the calls of each judged day."""
    run, gate = inspection.run, inspection.settings.distribution
    days = run.judged.days
    if not days or CallEvent.topic not in inspection.topics:
        return []
    before = sorted({same_day_of_month_before(judged.day) for judged in days})
    rows = inspection.measure(
        "distribution",
        history_days=gate.history_days,
        days_of_month_before=", ".join(f"date '{day}'" for day in before),
        closed_until_hour=_closed_until_hour(inspection, days[-1]),
    )
    counts = [
        BucketCount(row["day"], row["column_name"], row["bucket"], row["calls"], row["calls_by_then"]) for row in rows
    ]
    return [
        reading
        for judged in days
        for reading in distribution_readings(
            "fact_calls", counts, judged.day, gate, inspection.day_kinds, _is_whole(inspection, judged)
        )
    ]


def read_fraud_health(inspection: Inspection) -> list[Reading]:
    """Alerts of each judged day, if the pipeline looks for fraud."""
    run, gate = inspection.run, inspection.settings.fraud_health
    if not run.judged.days or FraudAlert.topic not in inspection.topics:
        return []
    rows = inspection.measure("fraud_health", alerts_since=instant(first_moment(run, gate.history_days)))
    alerts = {row["day"]: row["alerts"] for row in rows if row["alerts"]}
    subscribers = {row["day"]: row["subscribers"] for row in rows}
    return [
        reading
        for judged in run.judged.days
        for reading in fraud_readings(alerts, subscribers.get(judged.day, 0), judged, gate)
    ]


def _is_whole(inspection: Inspection, judged: JudgedDay) -> bool:
    return judged.until == day_start(judged.day + ONE_DAY, inspection.run.calendar)


def _closed_until_hour(inspection: Inspection, judged: JudgedDay) -> int:
    """Hour on the calendar's clock at which a day ends as far as it is judged. Only the newest day may not be whole."""
    last = (judged.until - ONE_HOUR).astimezone(inspection.run.calendar.zone)
    return min(last.hour + 1, HOURS_OF_A_DAY)
