"""Whether fraud detection finds far too much, or nothing at all where it usually finds something. Pure.

A network may be honest: then no alert is what is usual, and nothing is wrong.
"""

import datetime as dt
from collections.abc import Mapping
from statistics import median

from contracts.gate_settings import FraudHealthGate
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR, JudgedDay
from jobs.nightly.gates.gate import Reading

HOURS_OF_A_DAY = 24
# So many days say what is usual; with fewer, nobody knows.
FEWEST_DAYS = 3


def fraud_readings(
    alerts_by_day: Mapping[dt.date, int], subscribers: int, judged: JudgedDay, gate: FraudHealthGate
) -> list[Reading]:
    """A reading of the closed hours of a day with so many active `subscribers`. Days without alerts may be absent."""
    day, alerts = judged.day, alerts_by_day.get(judged.day, 0)
    if not judged.closed_hours:
        return []
    detail = f"{alerts} alerts, {subscribers} active subscribers in {judged.closed_hours} hours"
    if alerts == 0:
        share_of_day = (judged.until - judged.start) / (HOURS_OF_A_DAY * ONE_HOUR)
        usual = _usual_alerts(alerts_by_day, day, gate) * share_of_day
        is_suspicious = usual >= max(1, gate.min_alerts)
        return [Reading(f"no alert on {day}", float(is_suspicious), f"{detail}, usual are {usual:.0f}", day=day)]
    per_thousand = alerts * 1000 / max(1, subscribers) if alerts >= gate.min_alerts else 0.0
    return [Reading(f"alerts on {day}", per_thousand / gate.max_alerts_per_thousand, detail, day=day)]


def _usual_alerts(alerts_by_day: Mapping[dt.date, int], day: dt.date, gate: FraudHealthGate) -> float:
    """Median of the days before, from the first alert on; 0 if they are too few."""
    first = min(alerts_by_day, default=day)
    before = [day - number * ONE_DAY for number in range(1, gate.history_days + 1)]
    known = [alerts_by_day.get(earlier, 0) for earlier in before if earlier >= first]
    return median(known) if len(known) >= FEWEST_DAYS else 0.0
