import datetime as dt

import pytest

from contracts.calendar import Calendar
from jobs.nightly.run_day import RunDayError, check_words, run_day

# In Auckland it is the 21st already.
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
AUCKLAND = Calendar(time_zone="Pacific/Auckland")


@pytest.mark.parametrize(
    ("asked", "calendar", "expected"),
    [
        (None, Calendar(), dt.date(2026, 11, 19)),
        ("yesterday", Calendar(), dt.date(2026, 11, 19)),
        ("today", Calendar(), dt.date(2026, 11, 20)),
        (None, AUCKLAND, dt.date(2026, 11, 20)),
        ("today", AUCKLAND, dt.date(2026, 11, 21)),
        ("2026-11-02", AUCKLAND, dt.date(2026, 11, 2)),
    ],
)
def test_a_run_is_for_yesterday_unless_somebody_asks_for_another_day(
    asked: str | None, calendar: Calendar, expected: dt.date
):
    assert run_day(asked, NOON, calendar) == expected


def test_a_day_that_has_not_begun_where_the_pipeline_is_cannot_be_run():
    assert run_day("2026-11-21", NOON, AUCKLAND) == dt.date(2026, 11, 21)
    with pytest.raises(RunDayError, match="2026-11-20 in UTC"):
        run_day("2026-11-21", NOON, Calendar())


@pytest.mark.parametrize("asked", ["tomorrow", "20.11.2026", "2026-11-31", ""])
def test_other_words_are_refused(asked: str):
    with pytest.raises(RunDayError, match="today, yesterday"):
        check_words(asked)
    with pytest.raises(RunDayError, match="today, yesterday"):
        run_day(asked, NOON, Calendar())


@pytest.mark.parametrize("asked", ["today", "yesterday", "2026-11-20"])
def test_the_words_are_passed_on_as_they_are(asked: str):
    assert check_words(asked) == asked
