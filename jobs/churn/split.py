"""Which feature dates the model learns from, is judged on and scores. Pure.

The split is by time. The outcome of a feature date is what happens within the horizon after it. A date is learned from
only if its outcome was complete on the date that the model is judged on: otherwise days that the judgement is about
would have been seen in training.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

MIN_OF_A_KIND = 10


class TooFewOutcomesError(Exception):
    """There are too few known departures, or too few feature dates, to learn from and to judge by."""


@dataclass(frozen=True)
class Outcomes:
    """What is known of one feature date: rows with a known outcome, and how many of them left."""

    known: int = 0
    leavers: int = 0

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(self.known + other.known, self.leavers + other.leavers)


@dataclass(frozen=True)
class Split:
    """Feature dates by their use, with the outcomes that are learned from and judged on."""

    trained_on: tuple[dt.date, ...]
    judged_on: dt.date
    scored_on: dt.date
    learned: Outcomes
    judged: Outcomes

    @property
    def leaving_rate(self) -> float:
        """Share of customers who left, in what is learned from."""
        return self.learned.leavers / self.learned.known


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
    learned = sum((outcomes[day] for day in trained_on), Outcomes())
    _require_both_kinds(learned, f"learned from ({', '.join(map(str, trained_on))})")
    _require_both_kinds(outcomes[judged_on], f"been judged on ({judged_on})")
    return Split(trained_on, judged_on, max(outcomes), learned, outcomes[judged_on])


def _require_both_kinds(outcomes: Outcomes, part: str) -> None:
    for kind, count in (("left", outcomes.leavers), ("stayed", outcomes.known - outcomes.leavers)):
        if count < MIN_OF_A_KIND:
            raise TooFewOutcomesError(
                f"only {count} of {outcomes.known} customers {kind} in what the model would have {part}; below "
                f"{MIN_OF_A_KIND} no figure means anything. More customers, or more history in the CRM, give more."
            )
