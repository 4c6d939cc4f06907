"""How much is usual: nights at any hour, first days, outages, quiet networks, weekends, clocks that change."""

import datetime as dt
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.calendar import Calendar
from contracts.gate_settings import GateSettings, VolumeGate
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR, day_start, judged_day
from jobs.nightly.gates.catalogue import gates_with
from jobs.nightly.gates.gate import GateResult, Outcome, judge
from jobs.nightly.gates.judging.usual_days import DayKinds
from jobs.nightly.gates.judging.volume import HourlyRows, not_judged, volume_readings

# A Wednesday.
DAY = dt.date(2026, 11, 25)
UTC = Calendar()
BERLIN = Calendar(time_zone="Europe/Berlin")
GATE = VolumeGate()
(LIMITS,) = (gate for gate in gates_with(GateSettings()) if gate.name == "volume")
# Calls of an hour, by the clock: busy in the evening, hardly any at night.
BUSY = [40, 25, 20, 15, 15, 30, 80, 200, 400, 450, 480, 500, 520, 500, 480, 500, 550, 600, 650, 600, 450, 300, 150, 80]
Hours = dict[dt.datetime, int]


def traffic(
    days: int,
    of_hour: Callable[[dt.date, int], int] = lambda _, hour: BUSY[hour],
    last: dt.date = DAY,
    calendar: Calendar = UTC,
    seed: int = 1,
) -> Hours:
    """Hours of so many days up to the end of `last`, which pure chance varies by a few per cent."""
    chance, hours = random.Random(seed), Hours()
    at, end = day_start(last - (days - 1) * ONE_DAY, calendar), day_start(last + ONE_DAY, calendar)
    while at < end:
        local = at.astimezone(calendar.zone)
        mean = of_hour(local.date(), local.hour)
        hours[at] = max(0, round(chance.gauss(mean, mean**0.5)))
        at += ONE_HOUR
    return hours


def hour(number: int, day: dt.date = DAY, calendar: Calendar = UTC) -> dt.datetime:
    return day_start(day, calendar) + number * ONE_HOUR


def verdict(
    hours: Hours,
    clock: str = "00:10",
    days_later: int = 1,
    day: dt.date = DAY,
    calendar: Calendar = UTC,
    holidays: frozenset[dt.date] = frozenset(),
    first_arrival: dt.datetime | None = None,
) -> GateResult:
    """The gate's result for `day`, looked at by that clock so many days later; what comes later is not there yet."""
    now = dt.datetime.combine(day + days_later * ONE_DAY, dt.time.fromisoformat(clock), calendar.zone)
    known = {at: rows for at, rows in hours.items() if at < now and rows}
    judged = judged_day(day, now.astimezone(dt.UTC), calendar)
    calls = HourlyRows("calls", known, first_arrival)
    return judge(LIMITS, volume_readings(calls, judged, GATE, calendar, DayKinds(holidays)))


def named(result: GateResult) -> list[str]:
    return [reading.subject for reading in result.evidence]


def without(hours: Hours, first: int, until: int, day: dt.date = DAY) -> Hours:
    return {at: rows for at, rows in hours.items() if not hour(first, day) <= at < hour(until, day)}


NIGHTS = [("00:10", 0), ("02:00", 0), ("09:00", 0), ("23:59", 0), ("00:10", 1), ("02:00", 1), ("09:00", 1)]


@pytest.mark.parametrize(("clock", "days_later"), NIGHTS)
@pytest.mark.parametrize("days", [1, 2, 3, 5, 9, 30])
def test_an_ordinary_day_passes_at_any_hour_however_old_the_lake_is(days: int, clock: str, days_later: int) -> None:
    result = verdict(traffic(days), clock, days_later)
    assert (result.outcome, result.evidence) == (Outcome.PASSED, ())


@pytest.mark.parametrize(("clock", "days_later"), NIGHTS)
def test_an_ordinary_day_passes_whatever_the_weekday(clock: str, days_later: int) -> None:
    def weekly(day: dt.date, of_hour: int) -> int:
        return BUSY[of_hour] // (4 if day.isoweekday() in GATE.weekend_days else 1)

    for ago in range(14):
        day = DAY - ago * ONE_DAY
        for age in (2, 6, 8, 28):
            hours = traffic(age, weekly, last=day)
            assert verdict(hours, clock, days_later, day).outcome is Outcome.PASSED, (day, age)


def test_the_end_of_a_month_is_a_day_like_others() -> None:
    def salary(day: dt.date, of_hour: int) -> int:
        return BUSY[of_hour] * 125 // 100 if (day + ONE_DAY).day == 1 else BUSY[of_hour]

    last = dt.date(2026, 11, 30)
    assert verdict(traffic(30, salary, last=last), day=last).outcome is Outcome.PASSED


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_day_without_calls_fails(days: int) -> None:
    result = verdict(without(traffic(days + 1), 0, 24))
    assert (result.outcome, result.value) == (Outcome.FAILED, 1)
    assert named(result) == [f"calls on {DAY}"]


def test_a_lake_without_any_call_fails_once_an_hour_is_closed() -> None:
    assert verdict({}, "09:00", 0).outcome is Outcome.FAILED
    assert verdict({}, "00:10", 0).outcome is Outcome.PASSED


def test_the_day_before_the_lakes_first_hour_is_none_of_its_days() -> None:
    began_today = {hour(8, DAY + ONE_DAY): 500}
    assert verdict(began_today, "09:10").outcome is Outcome.PASSED


def test_on_its_first_day_the_lake_begins_with_its_first_hour() -> None:
    began_at_noon = without(traffic(1), 0, 12)
    assert verdict(began_at_noon).outcome is Outcome.PASSED
    # On the next day, only the hours are compared that the first one had.
    second_day = {at: rows for at, rows in traffic(2).items() if at >= hour(12, DAY - ONE_DAY)}
    assert verdict(second_day).outcome is Outcome.PASSED


@pytest.mark.parametrize("days", [3, 30])
def test_an_outage_of_six_hours_is_named_with_its_hours_and_does_not_block(days: int) -> None:
    result = verdict(without(traffic(days), 10, 16))
    assert result.outcome is Outcome.WARNED
    assert f"calls on {DAY} from 10:00 to 16:00" in named(result)


def test_an_outage_at_the_end_of_the_day_is_named_though_no_row_closes_its_hours() -> None:
    assert f"calls on {DAY} from 20:00 to 00:00" in named(verdict(without(traffic(30), 20, 24)))


@pytest.mark.parametrize("days_after", range(1, 29))
@pytest.mark.parametrize("age", [0, 1, 30])
def test_an_outage_blocks_no_later_night(days_after: int, age: int) -> None:
    day = DAY + days_after * ONE_DAY
    hours = without(traffic(age + 1 + days_after, last=day), 10, 16)
    result = verdict(hours, day=day)
    assert not result.blocks
    assert not any(" from " in subject for subject in named(result))


def test_half_of_the_calls_are_too_few() -> None:
    hours = traffic(30, lambda day, of_hour: BUSY[of_hour] * 45 // (100 if day == DAY else 45))
    result = verdict(hours)
    assert result.outcome is Outcome.FAILED
    assert result.value == pytest.approx(0.55, abs=0.03)


def test_a_lost_third_warns_and_so_does_a_surge_however_large() -> None:
    fewer = traffic(30, lambda day, of_hour: BUSY[of_hour] * (64 if day == DAY else 100) // 100)
    surge = traffic(30, lambda day, of_hour: BUSY[of_hour] * (9 if day == DAY else 1))
    assert verdict(fewer).outcome is Outcome.WARNED
    assert (verdict(surge).outcome, named(verdict(surge))) == (Outcome.WARNED, [f"calls on {DAY}"])


def test_two_days_do_not_say_what_is_usual_so_a_deviation_warns() -> None:
    hours = traffic(3, lambda day, of_hour: BUSY[of_hour] * (1 if day == DAY else 4))
    assert verdict(hours).outcome is Outcome.WARNED


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("clock", "days_later"), NIGHTS)
def test_chance_is_no_anomaly_on_a_network_with_a_few_calls_a_day(seed: int, clock: str, days_later: int) -> None:
    hours = traffic(30, lambda _, of_hour: int(8 <= of_hour < 12), seed=seed)
    assert verdict(hours, clock, days_later).outcome is Outcome.PASSED


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
@pytest.mark.parametrize("days_later", [0, 1, 7])
def test_days_of_23_and_25_hours_are_as_good_as_others(day: dt.date, days_later: int) -> None:
    hours = traffic(30, last=day + days_later * ONE_DAY, calendar=BERLIN)
    for judged in (day, day + days_later * ONE_DAY):
        assert verdict(hours, day=judged, calendar=BERLIN).outcome is Outcome.PASSED


def test_the_hour_that_a_clock_skips_is_not_missing() -> None:
    spring = dt.date(2026, 3, 29)
    hours = traffic(30, lambda _, of_hour: 500, last=spring, calendar=BERLIN)
    assert verdict(hours, day=spring, calendar=BERLIN).evidence == ()


def test_hours_are_named_by_the_calendars_clock() -> None:
    hours = traffic(30, calendar=BERLIN)
    gap = {at: rows for at, rows in hours.items() if not hour(10, calendar=BERLIN) <= at < hour(12, calendar=BERLIN)}
    assert named(verdict(gap, calendar=BERLIN)) == [f"calls on {DAY} from 10:00 to 12:00"]


def test_what_comes_at_a_rate_that_somebody_sets_is_judged_for_silence_alone() -> None:
    hours = traffic(30, lambda day, of_hour: 1000 if day < DAY else 200)
    judged = judged_day(DAY, day_start(DAY + ONE_DAY, UTC) + ONE_HOUR, UTC)
    assert volume_readings(HourlyRows("readings", hours), judged, GATE, UTC, DayKinds(), is_compared=False) == []
    silent = HourlyRows("readings", without(hours, 0, 24))
    assert [reading.value for reading in volume_readings(silent, judged, GATE, UTC, DayKinds(), is_compared=False)] == [
        1
    ]


def weekly(day: dt.date, of_hour: int) -> int:
    """Of a carrier whose customers do a tenth as much on free days. Thanksgiving is the day after `DAY`."""
    return BUSY[of_hour] // (10 if DayKinds(THANKSGIVING).is_free(day) else 1)


THANKSGIVING = frozenset({DAY + ONE_DAY})


def test_a_holiday_is_compared_with_free_days_and_is_not_what_is_usual_on_its_weekday() -> None:
    (holiday,) = THANKSGIVING
    week_after = holiday + 7 * ONE_DAY
    hours = traffic(37, weekly, last=week_after)
    assert verdict(hours, day=holiday, holidays=THANKSGIVING).outcome is Outcome.PASSED
    assert verdict(hours, day=holiday).outcome is Outcome.FAILED
    assert verdict(hours, day=week_after, holidays=THANKSGIVING).outcome is Outcome.PASSED


def test_a_holiday_on_which_people_work_is_a_day_like_others() -> None:
    weekends = traffic(30, lambda day, of_hour: BUSY[of_hour] // (10 if day.isoweekday() > 5 else 1))
    assert verdict(weekends, holidays=frozenset({DAY})).outcome is Outcome.PASSED


def test_a_holiday_that_lost_most_of_its_calls_fails_by_both_comparisons() -> None:
    (holiday,) = THANKSGIVING
    lost = traffic(30, lambda day, hour: weekly(day, hour) // (5 if day == holiday else 1), last=holiday)
    assert verdict(lost, day=holiday, holidays=THANKSGIVING).outcome is Outcome.FAILED


def closed_on_weekends(day: dt.date, of_hour: int) -> int:
    return 0 if day.isoweekday() > 5 else BUSY[of_hour]


SATURDAY = dt.date(2026, 11, 28)


def test_businesses_that_are_closed_on_weekends_are_no_outage_and_the_first_weekends_only_warn() -> None:
    for age in (5, 8, 12):
        assert verdict(traffic(age, closed_on_weekends, last=SATURDAY), day=SATURDAY).outcome is Outcome.WARNED, age
    for age in (17, 30):
        assert verdict(traffic(age, closed_on_weekends, last=SATURDAY), day=SATURDAY).outcome is Outcome.PASSED, age


def test_a_saturday_that_others_have_calls_on_fails_without_any() -> None:
    assert verdict(without(traffic(30, last=SATURDAY), 0, 24, SATURDAY), day=SATURDAY).outcome is Outcome.FAILED


@pytest.mark.parametrize("length", [3, 7, 12, 20, 26])
def test_a_long_outage_does_not_teach_that_silence_is_usual(length: int) -> None:
    for ago in range(7):
        day = DAY - ago * ONE_DAY
        hours = without(traffic(40, last=day), -24 * length, 24, day)
        result = verdict(hours, day=day)
        assert result.value > 0, (length, day)
        assert result.blocks or DayKinds().is_free(day), (length, day)
        back = traffic(40, last=day)
        assert verdict(without(back, -24 * length, 0, day), day=day).outcome is Outcome.PASSED, (length, day)


def test_what_happened_before_the_first_arrival_is_no_history() -> None:
    # Since three days there is a pipeline; of the weeks before, somebody gave it one call in twenty.
    first_arrival = hour(8, DAY - 3 * ONE_DAY)
    hours = traffic(30, lambda day, of_hour: BUSY[of_hour] // (20 if day < first_arrival.date() else 1))
    assert verdict(hours).outcome is Outcome.WARNED
    assert verdict(hours, first_arrival=first_arrival).outcome is Outcome.PASSED
    assert (
        volume_readings(
            HourlyRows("calls", hours, first_arrival),
            judged_day(DAY - 9 * ONE_DAY, first_arrival, UTC),
            GATE,
            UTC,
            DayKinds(),
        )
        == []
    )


def test_days_that_are_too_many_to_be_judged_are_named() -> None:
    assert not_judged([]) == []
    result = judge(LIMITS, not_judged([DAY - ONE_DAY, DAY]))
    assert (result.outcome, named(result)) == (Outcome.WARNED, [f"days from {DAY - ONE_DAY} to {DAY}"])


@settings(deadline=None)
@given(
    st.integers(0, 40),
    st.integers(0, 47),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles"]),
    st.lists(st.integers(0, 60 * 24), max_size=12),
)
def test_whatever_hours_there_are_a_day_with_nothing_closed_has_no_reading_and_others_are_no_error(
    days: int, hours_later: int, zone: str, gone: list[int]
) -> None:
    calendar = Calendar(time_zone=zone)
    hours = traffic(days, calendar=calendar) if days else Hours()
    start = day_start(DAY, calendar)
    known = {at: rows for number, (at, rows) in enumerate(hours.items()) if number not in gone}
    judged = judged_day(DAY, start + hours_later * ONE_HOUR, calendar)
    readings = volume_readings(HourlyRows("calls", known), judged, GATE, calendar, DayKinds())
    assert all(reading.value >= 0 for reading in readings)
    assert bool(judged.closed_hours) or readings == []
