"""The closed hours of the run's day against the days before: how much there is, how it is spread, how much is fraud."""

from contracts.events import CallEvent, FraudAlert, NetworkProbeEvent
from jobs.nightly.closed_day import ONE_HOUR
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.judging.distribution import BucketCount, distribution_readings, same_day_of_month_before
from jobs.nightly.gates.judging.fraud_health import HOURS_OF_A_DAY, fraud_readings
from jobs.nightly.gates.judging.volume import HourlyRows, volume_readings


def read_volume(inspection: Inspection) -> list[Reading]:
    """Calls against what is usual, and readings of towers only where they stop."""
    run, gate = inspection.run, inspection.settings.volume
    if not run.judged.closed_hours:
        return []
    rows = inspection.measure("volume", history_days=gate.history_days)
    readings: list[Reading] = []
    if CallEvent.topic in inspection.topics:
        calls = HourlyRows("calls", {row["hour_start"]: row["calls"] for row in rows})
        readings += volume_readings(calls, run.judged, gate, run.calendar)
    if NetworkProbeEvent.topic in inspection.topics:
        probes = HourlyRows("readings of towers", {row["hour_start"]: row["readings"] for row in rows})
        readings += volume_readings(probes, run.judged, gate, run.calendar, is_compared=False)
    return readings


def read_distribution(inspection: Inspection) -> list[Reading]:
    """Durations, charges and causes of the day's calls."""
    run, gate = inspection.run, inspection.settings.distribution
    if not run.judged.closed_hours or CallEvent.topic not in inspection.topics:
        return []
    rows = inspection.measure(
        "distribution",
        history_days=gate.history_days,
        day_of_month_before=f"date '{same_day_of_month_before(run.run_date)}'",
        closed_until_hour=_closed_until_hour(inspection),
    )
    counts = [BucketCount(row["day"], row["column_name"], row["bucket"], row["calls"]) for row in rows]
    return distribution_readings("fact_calls", counts, run.run_date, gate)


def read_fraud_health(inspection: Inspection) -> list[Reading]:
    """Alerts of the day, if the pipeline looks for fraud."""
    run = inspection.run
    if not run.judged.closed_hours or FraudAlert.topic not in inspection.topics:
        return []
    (row,) = inspection.measure("fraud_health")
    return fraud_readings(row["alerts"], row["subscribers"], run.judged, inspection.settings.fraud_health)


def _closed_until_hour(inspection: Inspection) -> int:
    """Hour on the calendar's clock at which what is judged ends."""
    run = inspection.run
    last = (run.judged.until - ONE_HOUR).astimezone(run.calendar.zone)
    return min(last.hour + 1, HOURS_OF_A_DAY)
