"""How many alerts are suspicious: too many, and none where there should be some."""

import datetime as dt

import pytest

from contracts.calendar import Calendar
from contracts.gate_settings import FraudHealthGate
from jobs.nightly.closed_day import judged_day
from jobs.nightly.gates.judging.fraud_health import fraud_readings

DAY = dt.date(2026, 11, 25)


def value(alerts: int, subscribers: int, closed_hours: int = 24) -> float:
    now = dt.datetime.combine(DAY, dt.time(0, 5), dt.UTC) + dt.timedelta(hours=closed_hours)
    (reading,) = fraud_readings(alerts, subscribers, judged_day(DAY, now, Calendar()), FraudHealthGate())
    assert reading.day == DAY
    return reading.value


@pytest.mark.parametrize(
    ("alerts", "subscribers", "reading"), [(100, 10_000, 0.2), (600, 10_000, 1.2), (5, 20, 0), (0, 0, 0), (12, 0, 240)]
)
def test_alerts_are_judged_per_thousand_subscribers(alerts: int, subscribers: int, reading: float) -> None:
    assert value(alerts, subscribers) == pytest.approx(reading)


def test_no_alert_is_suspicious_where_many_subscribers_were_active_for_long() -> None:
    assert value(0, 10_000) == 1
    assert value(0, 900) == 0
    assert value(0, 10_000, closed_hours=1) == 0


def test_a_day_that_has_just_begun_says_nothing() -> None:
    now = dt.datetime.combine(DAY, dt.time(0, 10), dt.UTC)
    assert fraud_readings(0, 10_000, judged_day(DAY, now, Calendar()), FraudHealthGate()) == []
