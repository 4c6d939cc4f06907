"""How many alerts are suspicious: too many, and none where some are usual."""

import datetime as dt

import pytest

from contracts.calendar import Calendar
from contracts.gate_settings import FraudHealthGate
from jobs.nightly.closed_day import ONE_DAY, judged_day
from jobs.nightly.gates.judging.fraud_health import fraud_readings

DAY = dt.date(2026, 11, 25)


def value(alerts: int, subscribers: int, closed_hours: int = 24, before: tuple[int, ...] = ()) -> float:
    """Reading of a day; `before` are the alerts of the days before it, the newest first."""
    now = dt.datetime.combine(DAY, dt.time(0, 5), dt.UTC) + dt.timedelta(hours=closed_hours)
    by_day = {DAY: alerts} | {DAY - number * ONE_DAY: count for number, count in enumerate(before, start=1)}
    found = {day: count for day, count in by_day.items() if count}
    (reading,) = fraud_readings(found, subscribers, judged_day(DAY, now, Calendar()), FraudHealthGate())
    assert reading.day == DAY
    return reading.value


@pytest.mark.parametrize(
    ("alerts", "subscribers", "reading"), [(100, 10_000, 0.2), (600, 10_000, 1.2), (5, 20, 0), (0, 0, 0), (12, 0, 240)]
)
def test_alerts_are_judged_per_thousand_subscribers(alerts: int, subscribers: int, reading: float) -> None:
    assert value(alerts, subscribers) == pytest.approx(reading)


def test_an_honest_network_has_no_alert_and_that_is_healthy() -> None:
    assert value(0, 10_000_000) == 0
    assert value(0, 10_000_000, before=(0,) * 28) == 0
    assert value(0, 10_000_000, before=(0, 0, 40, 0, 0, 0, 35)) == 0, "now and then somebody is caught"


def test_no_alert_is_suspicious_where_alerts_are_usual() -> None:
    usual = (40, 35, 50, 38)
    assert value(0, 10_000, before=usual) == 1
    assert value(0, 10_000, before=(2, 1, 3, 2)) == 0
    assert value(0, 10_000, before=usual, closed_hours=3) == 0
    assert value(0, 10_000, before=usual[:2]) == 0, "two days do not say what is usual"


def test_a_day_that_has_just_begun_says_nothing() -> None:
    now = dt.datetime.combine(DAY, dt.time(0, 10), dt.UTC)
    assert fraud_readings({}, 10_000, judged_day(DAY, now, Calendar()), FraudHealthGate()) == []
