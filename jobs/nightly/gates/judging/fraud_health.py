"""Whether fraud detection finds far too much, or nothing at all. Pure."""

from contracts.gate_settings import FraudHealthGate
from jobs.nightly.closed_day import ONE_HOUR, JudgedDay
from jobs.nightly.gates.gate import Reading

HOURS_OF_A_DAY = 24


def fraud_readings(alerts: int, subscribers: int, judged: JudgedDay, gate: FraudHealthGate) -> list[Reading]:
    """A reading of the closed hours of a day: `alerts` in them, and `subscribers` who were active on that day."""
    day = judged.day
    if not judged.closed_hours:
        return []
    detail = f"{alerts} alerts, {subscribers} active subscribers in {judged.closed_hours} hours"
    if alerts == 0:
        share_of_day = (judged.until - judged.start) / (HOURS_OF_A_DAY * ONE_HOUR)
        is_suspicious = subscribers > 0 and subscribers * share_of_day >= gate.silent_subscriber_days
        return [Reading(f"no alert on {day}", float(is_suspicious), detail, day=day)]
    per_thousand = alerts * 1000 / max(1, subscribers) if alerts >= gate.min_alerts else 0.0
    return [Reading(f"alerts on {day}", per_thousand / gate.max_alerts_per_thousand, detail, day=day)]
