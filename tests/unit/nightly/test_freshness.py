"""How old the newest arrival may be: streams that pause at night, and sources in which nothing changes."""

import dataclasses
import datetime as dt
import random

import pytest

from contracts.calendar import Calendar
from contracts.gate_settings import FreshnessGate
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR
from jobs.nightly.gates.judging.freshness import Habits, HourOfArrivals, batch_readings, stream_readings
from jobs.nightly.gates.judging.usual_days import DayKinds

# A Monday.
START = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
GATE = FreshnessGate()
HABITS = Habits(GATE, Calendar(), DayKinds())


def arrivals(hours: list[int], stream: str = "sms_events", rows: int = 100) -> list[HourOfArrivals]:
    """Arrivals up to the last minute of each hour, counted from the start."""
    starts = [START + number * ONE_HOUR for number in hours]
    return [HourOfArrivals(stream, start, start + dt.timedelta(minutes=59), rows) for start in starts]


def value(hours: list[int], now_hour: float, rows: int = 100) -> float:
    now = START + now_hour * ONE_HOUR
    (reading,) = stream_readings(["sms_events"], arrivals(hours, rows=rows), START, now, HABITS)
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


def test_nobody_calls_at_night_on_a_small_network_and_sometimes_somebody_does() -> None:
    chance = random.Random(5)
    for now_hour in range(8 * 24, 9 * 24):
        # By day a hundred rows an hour; at night one in two hours, by chance.
        by_day = [hour for hour in range(now_hour) if 6 <= hour % 24 < 22 or chance.random() < 0.5]
        rows = [dataclasses.replace(at, rows=100 if 6 <= at.hour.hour < 22 else 1) for at in arrivals(by_day)]
        (reading,) = stream_readings(["sms_events"], rows, START, START + now_hour * ONE_HOUR, HABITS)
        assert reading.value < 1, now_hour


def test_a_network_of_two_rows_an_hour_is_stale_after_half_a_day_and_not_after_some_hours() -> None:
    all_day = list(range(72))
    assert value(all_day, 72 + 4, rows=2) < 1
    assert value(all_day, 72 + 16, rows=2) > 3


def test_a_carrier_whose_customers_work_on_weekdays_is_fresh_on_every_day() -> None:
    working = [day * 24 + hour for day in range(19) if day % 7 < 5 for hour in range(8, 18)]
    for day in (5, 6, 7, 12, 13, 14):
        known = [hour for hour in working if hour < day * 24]
        assert value(known, day * 24 + 0.5) <= 3, f"on the first weekend, day {day}, it warns at most"
        assert value(known, day * 24 + 23 if day % 7 > 4 else day * 24 + 8) <= 3
    assert value([hour for hour in working if hour < 14 * 24], 14 * 24 + 12.5) > 3, "on Monday it has to be there"


def test_a_holiday_is_a_free_day() -> None:
    kinds = DayKinds(frozenset({(START + 14 * ONE_DAY).date()}))
    working = [day * 24 + hour for day in range(14) if day % 7 < 5 for hour in range(8, 18)]
    on_monday = START + (14 * 24 + 20) * ONE_HOUR
    for habits, is_stale in ((HABITS, True), (Habits(GATE, Calendar(), kinds), False)):
        (reading,) = stream_readings(["sms_events"], arrivals(working), START, on_monday, habits)
        assert (reading.value > 3) is is_stale


@pytest.mark.parametrize("length", [2, 5, 9])
def test_a_long_outage_does_not_teach_that_silence_is_usual(length: int) -> None:
    hours = [hour for hour in range(14 * 24) if not 24 <= hour < 24 * (1 + length)]
    assert value(hours, 14 * 24 + 5) > 3


def test_nothing_in_the_whole_window_is_as_old_as_the_window() -> None:
    assert value([], 80) == 80


def test_the_first_day_has_no_habits() -> None:
    assert value([10, 11], 15) == pytest.approx(3 + 1 / 60)


def test_only_streams_of_the_pipeline_are_expected_and_regions_are_streams_of_their_own() -> None:
    now = START + 12 * ONE_HOUR
    probes = arrivals(list(range(12)), "network_probe_events in north")
    readings = stream_readings(["call_events"], probes, START, now, HABITS)
    assert [reading.subject for reading in readings] == ["call_events", "network_probe_events in north"]


def test_a_table_in_which_nothing_changes_is_fresh_as_long_as_somebody_looks() -> None:
    now = START + 3 * ONE_DAY
    looked_at = {"crm_plans": now - ONE_HOUR, "invoices": now - 2 * ONE_DAY, "payments": None}
    readings = {reading.subject: reading.value for reading in batch_readings(looked_at, START, now, GATE)}
    assert readings == pytest.approx({"crm_plans": 1 / 26, "invoices": 48 / 26, "payments": 72 / 26})


def test_a_look_after_the_audits_moment_is_no_negative_age() -> None:
    (reading,) = batch_readings({"crm_plans": START + ONE_HOUR}, START, START, GATE)
    assert reading.value == 0
