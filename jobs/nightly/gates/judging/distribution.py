"""Whether the values of a day are spread as they were before: the population stability index (PSI). Pure.

PSI is the sum over buckets of (p - q) ln(p / q), p the day's shares and q those of the days it is compared with. An
empty bucket counts as half a row. What is ordinary depends on the weekday, on holidays, and, as allowances run out, on
the day of the month: a day that resembles one of its comparisons is sound, so the smallest index counts.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log

from contracts.gate_settings import DistributionGate
from jobs.nightly.closed_day import ONE_DAY
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.judging.usual_days import DayKinds

EMPTY_BUCKET = 0.5
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class BucketCount:
    """Rows of a day in one bucket of a column's values; `rows_by_then` are those of before the hour on the clock at
    which the newest day that is judged ends so far.
    """

    day: dt.date
    column: str
    bucket: str
    rows: int
    rows_by_then: int


@dataclass(frozen=True)
class _Rows:
    day: dt.date
    bucket: str
    rows: int


def same_day_of_month_before(day: dt.date) -> dt.date:
    """The day of the month before with the same number; its last day stands for the last one, and for a missing one."""
    last_before = day.replace(day=1) - ONE_DAY
    is_last = (day + ONE_DAY).day == 1
    return last_before if is_last or day.day > last_before.day else last_before.replace(day=day.day)


def comparisons(day: dt.date, gate: DistributionGate, kinds: DayKinds) -> dict[str, frozenset[dt.date]]:
    """The days that `day` is compared with, by what they are."""
    before = [day - number * ONE_DAY for number in range(1, gate.history_days + 1)]
    return {
        "the days before": frozenset(before),
        "the same weekday": frozenset(before[DAYS_OF_A_WEEK - 1 :: DAYS_OF_A_WEEK]),
        "the days of its kind": frozenset(other for other in before if kinds.is_free(other) is kinds.is_free(day)),
        "the same day of the month before": frozenset({same_day_of_month_before(day)}),
    }


def distribution_readings(
    table: str,
    counts: Iterable[BucketCount],
    day: dt.date,
    gate: DistributionGate,
    kinds: DayKinds,
    is_whole: bool = True,
) -> list[Reading]:
    """A reading per column that has enough rows on both sides of one comparison or more. A day that is not whole yet is
    compared with the same hours.
    """
    by_column: defaultdict[str, list[_Rows]] = defaultdict(list)
    for count in counts:
        rows = count.rows if is_whole else count.rows_by_then
        by_column[count.column].append(_Rows(count.day, count.bucket, rows))
    return [
        reading
        for column, rows_of_column in sorted(by_column.items())
        for reading in _of_column(f"{table}.{column} on {day}", rows_of_column, day, gate, kinds)
    ]


def _of_column(
    subject: str, counts: list[_Rows], day: dt.date, gate: DistributionGate, kinds: DayKinds
) -> Iterator[Reading]:
    today = _summed(counts, frozenset({day}))
    sides = {name: _summed(counts, days) for name, days in comparisons(day, gate, kinds).items()}
    indices = {
        name: stability_index(today, before)
        for name, before in sides.items()
        if min(sum(today.values()), sum(before.values())) >= max(1, gate.min_rows)
    }
    if indices:
        nearest = min(indices, key=indices.__getitem__)
        detail = f"against {nearest}, over {len(today | sides[nearest])} buckets"
        yield Reading(subject, indices[nearest], detail, day=day)


def _summed(counts: Iterable[_Rows], days: frozenset[dt.date]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for count in counts:
        if count.day in days:
            summed[count.bucket] += count.rows
    return +summed


def stability_index(today: Mapping[str, int], before: Mapping[str, int]) -> float:
    """PSI of two counts by bucket; 0 if their shares are the same. Both must have rows."""
    buckets = today.keys() | before.keys()
    p, q = _shares(today, buckets), _shares(before, buckets)
    return sum((p[bucket] - q[bucket]) * log(p[bucket] / q[bucket]) for bucket in buckets)


def _shares(counts: Mapping[str, int], buckets: Iterable[str]) -> dict[str, float]:
    filled = {bucket: max(counts.get(bucket, 0), EMPTY_BUCKET) for bucket in buckets}
    total = sum(filled.values())
    return {bucket: rows / total for bucket, rows in filled.items()}
