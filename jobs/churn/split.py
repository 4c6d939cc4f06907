"""Which feature dates the model learns from, is judged on and scores. Pure.

The split is by time. The outcome of a feature date is what happens within the horizon after it. A date is learned from
only if its outcome was complete on the date that the model is judged on: otherwise days that the judgement is about
would have been seen in training.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

MIN_LEAVERS = 10


class TooFewOutcomesError(Exception):
    """There are too few known departures, or too few feature dates, to learn from and to judge by."""


@dataclass(frozen=True)
class Outcomes:
    """What is known of one feature date: rows with a known outcome, and how many of them left."""

    known: int = 0
    leavers: int = 0


@dataclass(frozen=True)
class Split:
    """Feature dates by their use."""

    trained_on: tuple[dt.date, ...]
    judged_on: dt.date
    scored_on: dt.date


def split_dates(outcomes: Mapping[dt.date, Outcomes], horizon: dt.timedelta) -> Split:
    """Judge on the newest date with a known outcome, learn from those before it that do not overlap, score the newest.

    Raises `TooFewOutcomesError`.
    """
    known = sorted(day for day, outcome in outcomes.items() if outcome.known)
    if not known:
        raise TooFewOutcomesError("no outcome of any feature date is known yet; more history in the CRM gives more.")
    judged_on = known[-1]
    trained_on = tuple(day for day in known[:-1] if day + horizon <= judged_on)
    if not trained_on:
        raise TooFewOutcomesError(
            f"no feature date lies {horizon.days} days or more before {judged_on}, the newest whose outcome is known: "
            "there is nothing to learn from. More history in the CRM gives more."
        )
    fewest = min(sum(outcomes[day].leavers for day in trained_on), outcomes[judged_on].leavers)
    if fewest < MIN_LEAVERS:
        raise TooFewOutcomesError(f"only {fewest} customers left in one part of the data, {MIN_LEAVERS} are needed.")
    return Split(trained_on, judged_on, max(outcomes))
