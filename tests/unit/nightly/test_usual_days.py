"""Which days say what is usual."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.gates.judging.usual_days import DayKinds, telling_days

MONDAY = dt.date(2026, 11, 2)
WEEKS = [MONDAY + number * ONE_DAY for number in range(28)]
KINDS = DayKinds()


def test_the_same_weekday_tells_once_it_is_known_often_enough_and_its_kind_until_then() -> None:
    (same,) = KINDS.alike(MONDAY + 28 * ONE_DAY, WEEKS, 3)
    assert same == WEEKS[::7]
    (working,) = KINDS.alike(MONDAY + 7 * ONE_DAY, WEEKS[:7], 3)
    assert working == WEEKS[:5]
    (free,) = KINDS.alike(MONDAY + 5 * ONE_DAY, WEEKS[5:9], 3)
    assert free == WEEKS[5:7]


def test_a_holiday_tells_nothing_of_its_weekday() -> None:
    kinds = DayKinds(frozenset({WEEKS[7]}))
    (same,) = kinds.alike(MONDAY + 28 * ONE_DAY, WEEKS, 3)
    assert same == [WEEKS[0], WEEKS[14], WEEKS[21]]
    as_free, as_working = kinds.alike(WEEKS[7], WEEKS[:7], 3)
    assert (as_free, as_working) == (WEEKS[5:7], WEEKS[:5])


def test_silent_weekends_tell_that_businesses_are_closed_and_a_silent_week_tells_nothing() -> None:
    weekends = {day for day in WEEKS if KINDS.is_free(day)}
    assert telling_days(WEEKS, weekends, KINDS) == WEEKS
    outage = set(WEEKS[4:15])
    assert telling_days(WEEKS, outage | weekends, KINDS) == [*WEEKS[:4], *WEEKS[15:]]


@given(st.sets(st.sampled_from(WEEKS)), st.sets(st.sampled_from(WEEKS)))
def test_a_silent_working_day_never_tells_and_a_day_with_rows_always_does(
    silent: set[dt.date], holidays: set[dt.date]
) -> None:
    kinds = DayKinds(frozenset(holidays))
    told = set(telling_days(WEEKS, silent, kinds))
    assert set(WEEKS) - silent <= told
    assert all(kinds.is_free(day) for day in told & silent)
