"""Which rows a night works on, by their arrival."""

import datetime as dt

import pytest

from jobs.nightly.run_window import lookback_window, window_since
from jobs.nightly.silver_build import SilverBuild

FIRST_DAY = dt.date(2026, 11, 17)
LAST_NIGHT = dt.datetime(2026, 11, 20, 2, 30, tzinfo=dt.UTC)
BEFORE_THE_LOOKBACK = dt.datetime(2026, 11, 12, 23, 59, tzinfo=dt.UTC)


def test_a_run_that_knows_of_no_earlier_one_makes_whole_days_of_the_lookback():
    window = lookback_window(FIRST_DAY)
    assert (window.start, window.new_since) == (FIRST_DAY, None)


def test_silver_takes_only_what_is_new_while_gold_looks_back():
    window = window_since(FIRST_DAY, LAST_NIGHT, is_silver_untouched=True)
    assert (window.start, window.new_since) == (FIRST_DAY, LAST_NIGHT)


def test_silver_that_somebody_changed_is_made_again_by_whole_days_of_the_lookback():
    window = window_since(FIRST_DAY, LAST_NIGHT, is_silver_untouched=False)
    assert (window.start, window.new_since) == (FIRST_DAY, None)


@pytest.mark.parametrize(("is_untouched", "new_since"), [(True, BEFORE_THE_LOOKBACK), (False, None)])
def test_nights_that_were_missed_are_made_up_for(is_untouched: bool, new_since: dt.datetime | None):
    window = window_since(FIRST_DAY, BEFORE_THE_LOOKBACK, is_untouched)
    assert (window.start, window.new_since) == (BEFORE_THE_LOOKBACK.date(), new_since)


def test_silver_is_untouched_while_its_own_tables_are_as_the_build_left_them():
    calls, invoices = ("silver", "silver_calls"), ("silver", "silver_invoices")
    build = SilverBuild("digest", inputs={}, outputs={calls: 1, invoices: 2})
    assert build.is_untouched({calls: 1, invoices: 2, ("silver", "somebody_elses"): 3})
    assert not build.is_untouched({calls: 1, invoices: 4})
    assert not build.is_untouched({calls: 1})
