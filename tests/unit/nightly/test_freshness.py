"""How old the newest arrival may be: streams that pause at night, and sources in which nothing changes."""

import datetime as dt

import pytest

from contracts.calendar import Calendar
from contracts.gate_settings import FreshnessGate
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR
from jobs.nightly.gates.judging.freshness import HourOfArrivals, batch_readings, stream_readings

START = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
GATE = FreshnessGate()
UTC = Calendar()


def arrivals(hours: list[int], stream: str = "sms_events") -> list[HourOfArrivals]:
    """An arrival in the last minute of each hour, counted from the start."""
    starts = [START + number * ONE_HOUR for number in hours]
    return [HourOfArrivals(stream, start, start + dt.timedelta(minutes=59)) for start in starts]


def value(hours: list[int], now_hour: float, calendar: Calendar = UTC) -> float:
    now = START + now_hour * ONE_HOUR
    (reading,) = stream_readings(["sms_events"], arrivals(hours), START, now, GATE, calendar)
    return reading.value


def test_a_stream_that_goes_on_is_fresh_and_one_that_stopped_is_not() -> None:
    assert value(list(range(72)), 72) == pytest.approx(1 / 60)
    assert value(list(range(72)), 74) == pytest.approx(2 + 1 / 60)
    assert value(list(range(72)), 76) > 3


def test_hours_in_which_a_stream_is_usually_silent_do_not_count() -> None:
    by_day = [day * 24 + hour for day in range(3) for hour in range(6, 23)]
    assert value(by_day, 3 * 24 + 5) < 1
    # Awake again, but nothing comes.
    assert value(by_day, 3 * 24 + 9.5) > 3


def test_one_silent_night_is_no_habit() -> None:
    hours = [hour for hour in range(72) if not 24 <= hour < 30]
    assert value(hours, 77) > 3


def test_nothing_in_the_whole_window_is_as_old_as_the_window() -> None:
    assert value([], 80) == 80


def test_the_first_day_has_no_habits() -> None:
    assert value([10, 11], 15) == pytest.approx(3 + 1 / 60)


def test_only_streams_of_the_pipeline_are_expected_and_regions_are_streams_of_their_own() -> None:
    now = START + 12 * ONE_HOUR
    probes = arrivals(list(range(12)), "network_probe_events in north")
    readings = stream_readings(["call_events"], probes, START, now, GATE, UTC)
    assert [reading.subject for reading in readings] == ["call_events", "network_probe_events in north"]


def test_a_table_in_which_nothing_changes_is_fresh_as_long_as_somebody_looks() -> None:
    now = START + 3 * ONE_DAY
    looked_at = {"crm_plans": now - ONE_HOUR, "invoices": now - 2 * ONE_DAY, "payments": None}
    readings = {reading.subject: reading.value for reading in batch_readings(looked_at, START, now, GATE)}
    assert readings == pytest.approx({"crm_plans": 1 / 26, "invoices": 48 / 26, "payments": 72 / 26})


def test_a_look_after_the_audits_moment_is_no_negative_age() -> None:
    (reading,) = batch_readings({"crm_plans": START + ONE_HOUR}, START, START, GATE)
    assert reading.value == 0
