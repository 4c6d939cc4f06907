"""Whether fraud detection finds far too much, or nothing at all. Pure."""

from contracts.gate_settings import FraudHealthGate
from jobs.nightly.closed_day import ONE_HOUR, JudgedDay
from jobs.nightly.gates.gate import Reading

HOURS_OF_A_DAY = 24


def fraud_readings(alerts: int, subscribers: int, judged: JudgedDay, gate: FraudHealthGate) -> list[Reading]:
    """A reading of the day's closed hours: `alerts` in them, and `subscribers` who were active in them."""
    if not judged.closed_hours:
        return []
    detail = f"{alerts} alerts, {subscribers} active subscribers in {judged.closed_hours} hours"
    if alerts == 0:
        share_of_day = (judged.until - judged.start) / (HOURS_OF_A_DAY * ONE_HOUR)
        is_suspicious = subscribers > 0 and subscribers * share_of_day >= gate.silent_subscriber_days
        return [Reading("no alert", float(is_suspicious), detail)]
    if alerts < gate.min_alerts:
        return [Reading("alerts", 0.0, detail)]
    return [Reading("alerts", alerts * 1000 / max(1, subscribers) / gate.max_alerts_per_thousand, detail)]
