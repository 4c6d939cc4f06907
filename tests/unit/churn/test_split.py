import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.churn.split import Outcomes, TooFewOutcomesError, split_dates

HORIZON = dt.timedelta(days=30)
TODAY = dt.date(2026, 11, 30)
ENOUGH = Outcomes(known=100, leavers=50)
UNKNOWN = Outcomes()


def back(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def test_the_newest_known_outcome_judges_and_the_newest_date_is_scored():
    split = split_dates({TODAY: UNKNOWN, back(30): ENOUGH, back(60): ENOUGH, back(90): ENOUGH}, HORIZON)
    assert split.trained_on == (back(90), back(60))
    assert (split.judged_on, split.scored_on) == (back(30), TODAY)


def test_dates_whose_outcome_reaches_into_the_judgement_are_not_learned_from():
    daily = {back(days): ENOUGH for days in range(31, 100)} | {TODAY: UNKNOWN}
    split = split_dates(daily, HORIZON)
    assert split.judged_on == back(31)
    assert max(split.trained_on) + HORIZON == split.judged_on


def test_without_a_date_that_does_not_overlap_it_refuses():
    with pytest.raises(TooFewOutcomesError, match="nothing to learn from"):
        split_dates({TODAY: UNKNOWN, back(30): ENOUGH, back(31): ENOUGH}, HORIZON)
    with pytest.raises(TooFewOutcomesError):
        split_dates({TODAY: UNKNOWN}, HORIZON)


def test_without_known_departures_it_refuses():
    few = Outcomes(known=100, leavers=9)
    with pytest.raises(TooFewOutcomesError, match=r"only 9 of 100 customers left .* have learned from"):
        split_dates({TODAY: UNKNOWN, back(30): ENOUGH, back(60): few}, HORIZON)
    with pytest.raises(TooFewOutcomesError, match=f"only 9 of 100 customers left .* judged on .{back(30)}"):
        split_dates({TODAY: UNKNOWN, back(30): few, back(60): ENOUGH}, HORIZON)


def test_where_hardly_anybody_stays_it_refuses_too():
    all_leave = Outcomes(known=100, leavers=95)
    with pytest.raises(TooFewOutcomesError, match="only 5 of 100 customers stayed"):
        split_dates({TODAY: UNKNOWN, back(30): all_leave, back(60): ENOUGH}, HORIZON)


def test_leavers_of_several_dates_are_learned_from_together():
    some = Outcomes(known=100, leavers=6)
    split = split_dates({TODAY: UNKNOWN, back(30): ENOUGH, back(60): some, back(90): some}, HORIZON)
    assert split.learned == Outcomes(known=200, leavers=12)
    assert split.leaving_rate == 0.06


@given(st.sets(st.integers(0, 200), min_size=1, max_size=12), st.integers(1, 60))
def test_no_day_is_both_learned_from_and_judged(days: set[int], horizon_days: int):
    horizon = dt.timedelta(days=horizon_days)
    try:
        split = split_dates({back(number): ENOUGH for number in days}, horizon)
    except TooFewOutcomesError:
        return
    assert all(day + horizon <= split.judged_on for day in split.trained_on)
