"""Whether a day's values are spread as before: weekends, ends of months, and faults that are none of that."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.gate_settings import DistributionGate
from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.gates.judging.distribution import (
    BucketCount,
    comparisons,
    distribution_readings,
    same_day_of_month_before,
    stability_index,
)
from jobs.nightly.gates.judging.usual_days import DayKinds

# A Saturday.
DAY = dt.date(2026, 11, 28)
GATE = DistributionGate()
THURSDAY = dt.date(2026, 11, 26)
SHORT, LONG = {"1": 600, "5": 400}, {"1": 200, "5": 800}


def counted(by_day: dict[dt.date, dict[str, int]]) -> list[BucketCount]:
    return [
        BucketCount(day, "duration_seconds", bucket, rows, rows // 2)
        for day, buckets in by_day.items()
        for bucket, rows in buckets.items()
    ]


def value(by_day: dict[dt.date, dict[str, int]]) -> float | None:
    readings = distribution_readings("fact_calls", counted(by_day), DAY, GATE, DayKinds())
    return readings[0].value if readings else None


def week(buckets: dict[str, int]) -> dict[dt.date, dict[str, int]]:
    return {DAY - number * ONE_DAY: buckets for number in range(1, 8)}


def test_a_day_like_the_week_before_is_sound_and_another_is_not() -> None:
    assert value(week(SHORT) | {DAY: SHORT}) == 0
    assert value(week(SHORT) | {DAY: LONG}) == pytest.approx(0.717, abs=0.001)


def test_a_weekend_is_compared_with_the_weekend_before() -> None:
    assert value(week(SHORT) | {DAY - 7 * ONE_DAY: LONG, DAY: LONG}) == 0


def test_a_turn_of_the_month_is_compared_with_the_one_before() -> None:
    assert value(week(SHORT) | {dt.date(2026, 10, 28): LONG, DAY: LONG}) == 0


def test_a_holiday_is_compared_with_free_days() -> None:
    by_day = week(SHORT) | {DAY - 6 * ONE_DAY: LONG, DAY - 7 * ONE_DAY: LONG, THURSDAY: LONG}
    counts = counted({day: rows for day, rows in by_day.items() if day <= THURSDAY})
    (as_working_day,) = distribution_readings("fact_calls", counts, THURSDAY, GATE, DayKinds())
    (as_holiday,) = distribution_readings("fact_calls", counts, THURSDAY, GATE, DayKinds(frozenset({THURSDAY})))
    assert as_working_day.value > 0.2
    assert as_holiday.value == 0


def test_a_day_that_is_not_over_is_compared_with_the_same_hours() -> None:
    counts = [*counted(week(SHORT)), *counted({DAY: LONG})]
    odd_half = [dataclasses.replace(count, rows_by_then=SHORT[count.bucket]) for count in counts if count.day == DAY]
    counts = [count for count in counts if count.day != DAY] + odd_half
    whole = distribution_readings("fact_calls", counts, DAY, GATE, DayKinds())
    so_far = distribution_readings("fact_calls", counts, DAY, GATE, DayKinds(), is_whole=False)
    assert [reading.value for reading in (*whole, *so_far)] == [pytest.approx(0.717, abs=0.001), 0]
    assert {(reading.subject, reading.day) for reading in whole} == {(f"fact_calls.duration_seconds on {DAY}", DAY)}


def test_few_rows_say_nothing() -> None:
    assert value(week({"1": 10}) | {DAY: LONG}) is None
    assert value(week(SHORT) | {DAY: {"1": 299}}) is None
    assert value({DAY: LONG}) is None


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-11-28", "2026-10-28"),
        ("2026-11-30", "2026-10-31"),
        ("2026-10-31", "2026-09-30"),
        ("2026-10-30", "2026-09-30"),
        ("2026-03-29", "2026-02-28"),
        ("2026-01-01", "2025-12-01"),
    ],
)
def test_the_same_day_of_the_month_before(day: str, before: str) -> None:
    assert same_day_of_month_before(dt.date.fromisoformat(day)) == dt.date.fromisoformat(before)


def test_the_same_weekdays_are_those_within_the_history() -> None:
    days = comparisons(DAY, DistributionGate(history_days=28), DayKinds())["the same weekday"]
    assert {day.isoweekday() for day in days} == {DAY.isoweekday()}
    assert len(days) == 4


buckets = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10_000), min_size=1)


@given(buckets, buckets)
def test_the_index_is_symmetric_and_never_negative(one: dict[str, int], other: dict[str, int]) -> None:
    assert stability_index(one, other) == pytest.approx(stability_index(other, one))
    assert stability_index(one, other) >= 0
    assert stability_index(one, one) == 0
