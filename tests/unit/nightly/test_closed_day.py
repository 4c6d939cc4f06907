"""Which day a run is for, and which hours of it are over."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.calendar import Calendar
from jobs.nightly.closed_day import day_start, judged_day, today, yesterday

UTC = Calendar()
BERLIN = Calendar(time_zone="Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Asuncion"]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_a_run_is_for_yesterday_in_the_calendars_zone() -> None:
    assert yesterday(at("2026-11-30 22:30"), UTC) == dt.date(2026, 11, 29)
    assert yesterday(at("2026-11-30 23:30"), BERLIN) == dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("now", "closed"), [("00:10", 0), ("01:04", 0), ("01:05", 1), ("02:00", 1), ("09:00", 8), ("23:59", 23)]
)
def test_an_open_day_is_judged_on_its_closed_hours(now: str, closed: int) -> None:
    assert judged_day(dt.date(2026, 11, 30), at(f"2026-11-30 {now}"), UTC).closed_hours == closed


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-07-01", 24), ("2026-10-25", 25)])
def test_a_day_that_is_over_is_judged_as_a_whole(day: str, hours: int) -> None:
    assert judged_day(dt.date.fromisoformat(day), at("2026-11-30 00:10"), BERLIN).closed_hours == hours


def test_the_last_hour_of_yesterday_is_open_until_its_events_are_in() -> None:
    assert judged_day(dt.date(2026, 11, 29), at("2026-11-30 00:04"), UTC).closed_hours == 23
    assert judged_day(dt.date(2026, 11, 29), at("2026-11-30 00:05"), UTC).closed_hours == 24


def test_a_day_that_has_not_begun_has_nothing_to_judge() -> None:
    judged = judged_day(dt.date(2026, 12, 24), at("2026-11-30 12:00"), UTC)
    assert (judged.start, judged.closed_hours) == (judged.until, 0)


@settings(deadline=None)
@given(
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC)),
    st.sampled_from(ZONES),
    st.integers(0, 3),
)
def test_what_is_judged_is_over_and_lies_in_its_day(now: dt.datetime, zone: str, days_back: int) -> None:
    calendar = Calendar(time_zone=zone)
    day = today(now, calendar) - dt.timedelta(days=days_back)
    judged = judged_day(day, now, calendar)
    assert judged.start == day_start(day, calendar) <= judged.until <= day_start(day + dt.timedelta(1), calendar)
    assert judged.until <= max(now, judged.start)


@settings(deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)), st.sampled_from(ZONES))
def test_days_join_on_without_a_gap(day: dt.date, zone: str) -> None:
    calendar = Calendar(time_zone=zone)
    assert today(day_start(day, calendar), calendar) == day
    assert today(day_start(day, calendar) - dt.timedelta(microseconds=1), calendar) == day - dt.timedelta(days=1)


def test_an_unknown_zone_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        Calendar(time_zone="Mars/Olympus")
