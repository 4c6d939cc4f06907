"""Which days a run answers for: what a refused run held back goes out with the next one, so that one judges it, too."""

import datetime as dt

from contracts.calendar import Calendar
from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.judged_days import MOST_DAYS, judged_days, unjudged_from

UTC, BERLIN = Calendar(), Calendar(time_zone="Europe/Berlin")
DAY = dt.date(2026, 11, 20)
NIGHT = dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)


def named(
    run_date: dt.date = DAY,
    since: dt.date | None = None,
    now: dt.datetime = NIGHT,
    backfilled: list[dt.date] | None = None,
) -> list[dt.date]:
    return [judged.day for judged in judged_days(run_date, since, now, UTC, backfilled).days]


def test_a_night_after_an_accepted_one_judges_its_own_day() -> None:
    assert named(since=DAY) == [DAY]
    assert named(since=DAY + ONE_DAY) == [DAY], "the same day again"
    assert named(since=None) == [DAY], "the first run"


def test_days_of_refused_nights_are_judged_until_a_run_is_accepted() -> None:
    assert named(since=DAY - 2 * ONE_DAY) == [DAY - 2 * ONE_DAY, DAY - ONE_DAY, DAY]


def test_a_run_for_an_earlier_day_answers_for_all_that_goes_out_with_it() -> None:
    assert named(run_date=DAY - 5 * ONE_DAY, since=DAY - ONE_DAY) == [DAY - 5 * ONE_DAY, DAY - ONE_DAY, DAY]
    assert named(run_date=DAY - 2 * ONE_DAY) == [DAY - 2 * ONE_DAY, DAY - ONE_DAY, DAY]


def test_of_a_day_that_is_not_over_the_closed_hours_are_judged_and_the_rest_by_the_next_run() -> None:
    evening = dt.datetime(2026, 11, 20, 18, 30, tzinfo=dt.UTC)
    (judged,) = judged_days(DAY, DAY, evening, UTC).days
    assert judged.closed_hours == 18
    assert unjudged_from(judged.until, UTC) == DAY
    (whole,) = judged_days(DAY, DAY, NIGHT, UTC).days
    assert unjudged_from(whole.until, UTC) == DAY + ONE_DAY


def test_a_day_with_nothing_closed_is_not_judged() -> None:
    just_after = dt.datetime(2026, 11, 21, 0, 2, tzinfo=dt.UTC)
    assert named(run_date=DAY + ONE_DAY, since=DAY + ONE_DAY, now=just_after) == []


def test_after_weeks_of_refusals_the_newest_days_are_judged_and_the_others_told() -> None:
    found = judged_days(DAY, DAY - 39 * ONE_DAY, NIGHT, UTC)
    assert len(found.days) == MOST_DAYS
    assert found.days[-1].day == DAY
    assert found.left_out[0] == DAY - 39 * ONE_DAY
    assert found.left_out[-1] + ONE_DAY == found.days[0].day


def test_a_backfill_answers_for_days_of_its_own_that_nobody_has_judged() -> None:
    refused, other = DAY - ONE_DAY, DAY - 20 * ONE_DAY
    assert named(since=refused, backfilled=[other]) == []
    assert named(since=refused, backfilled=[refused, other]) == [refused]
    assert named(since=DAY + ONE_DAY, backfilled=[DAY]) == [DAY]


def test_days_are_those_of_the_calendar() -> None:
    evening_in_berlin = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
    assert [judged.day for judged in judged_days(DAY, None, evening_in_berlin, BERLIN).days] == [DAY]
    assert unjudged_from(evening_in_berlin, BERLIN) == DAY + ONE_DAY
