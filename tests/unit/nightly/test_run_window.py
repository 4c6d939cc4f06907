"""Which arrivals a run takes, after an accepted run or without one."""

import datetime as dt

import pytest

from jobs.nightly.run_window import BEGINNING, first_window, window_since, window_without_arrivals
from jobs.nightly.silver_build import SilverBuild

FIRST_DAY = dt.date(2026, 11, 17)
LAST_NIGHT = dt.datetime(2026, 11, 20, 2, 30, tzinfo=dt.UTC)
BEFORE_THE_LOOKBACK = dt.datetime(2026, 11, 12, 23, 59, tzinfo=dt.UTC)
QUIET, BUSY, GONE = dt.date(2026, 10, 1), dt.date(2026, 10, 2), dt.date(2026, 10, 3)


def test_the_first_run_takes_everything():
    assert (first_window().start, first_window().new_since) == (BEGINNING.date(), None)


def test_silver_takes_only_what_is_new_while_gold_looks_back():
    window = window_since(FIRST_DAY, LAST_NIGHT, is_silver_current=True)
    assert (window.start, window.new_since) == (FIRST_DAY, LAST_NIGHT)


def test_silver_of_another_project_is_made_again_by_whole_days_of_the_lookback():
    window = window_since(FIRST_DAY, LAST_NIGHT, is_silver_current=False)
    assert (window.start, window.new_since) == (FIRST_DAY, None)


@pytest.mark.parametrize(("is_current", "new_since"), [(True, BEFORE_THE_LOOKBACK), (False, None)])
def test_nights_that_were_missed_are_made_up_for_whatever_was_deployed(is_current: bool, new_since: dt.datetime | None):
    window = window_since(FIRST_DAY, BEFORE_THE_LOOKBACK, is_current)
    assert (window.start, window.new_since) == (BEFORE_THE_LOOKBACK.date(), new_since)


def test_without_the_snapshots_arrivals_since_the_accepted_run_count_and_days_with_other_row_counts():
    build = SilverBuild("digest", {}, {}, BEFORE_THE_LOOKBACK, {"call_events": {QUIET: 5, BUSY: 5, GONE: 5}})
    window = window_without_arrivals(FIRST_DAY, build, {"call_events": {QUIET: 5, BUSY: 4}})
    assert window.start == dt.date(2026, 11, 11)
    assert window.new_since is None
    assert window.utc_days == {BUSY}


def test_a_build_of_before_its_moment_was_noted_lets_the_run_take_everything():
    assert window_without_arrivals(FIRST_DAY, SilverBuild("digest", {}, {}), {}).start == BEGINNING.date()


def test_silver_is_untouched_while_its_own_tables_are_as_the_build_left_them():
    build = SilverBuild("digest", {}, {("silver", "calls"): 1, ("silver", "sms"): 2})
    assert build.is_untouched({("silver", "calls"): 1, ("silver", "sms"): 2, ("silver", "somebodys_own"): 9})
    assert not build.is_untouched({("silver", "calls"): 1, ("silver", "sms"): 3})
    assert not build.is_untouched({("silver", "calls"): 1})
