"""How many rows the closed hours of a day have, against what is usual at these hours. Pure.

Hours are closed by the clock, so an hour without rows counts with zero. History begins with the first full hour after
the first arrival: of what happened before, a pipeline may have been given a part. Too few rows block and too many only
warn, because a surge is news, and rows that are there twice are found by other gates.
"""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from statistics import median

from contracts.calendar import Calendar
from contracts.gate_settings import VolumeGate
from jobs.nightly.closed_day import ONE_DAY, ONE_HOUR, JudgedDay, day_start
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.judging.usual_days import DayKinds, telling_days


@dataclass(frozen=True)
class HourlyRows:
    """Rows of something, say calls, by the instant at which their hour starts. Hours without rows may be absent.

    `first_arrival` is when the first of them arrived, None if it is not known.
    """

    subject: str
    rows: Mapping[dt.datetime, int]
    first_arrival: dt.datetime | None = None


@dataclass(frozen=True)
class _Hour:
    start: dt.datetime
    # Hour of the day on the calendar's clock: when clocks are set back, two hours of a day have the same.
    on_the_clock: int
    rows: int


def volume_readings(
    hourly: HourlyRows,
    judged: JudgedDay,
    gate: VolumeGate,
    calendar: Calendar,
    kinds: DayKinds,
    is_compared: bool = True,
) -> list[Reading]:
    """A reading of the day, and one for each stretch of silent hours. None while nothing of the day is closed, and none
    of a day that was over before the lake began.

    Without `is_compared`, only silence counts: of what a device counts at a rate that somebody sets.
    """
    lake = _Lake(hourly, calendar)
    if not judged.closed_hours or (lake.began is not None and lake.began >= judged.until):
        return []
    today = lake.hours(judged.start, judged.until)
    comparisons = _comparisons(lake, judged.day, gate, kinds)
    is_over = judged.until == day_start(judged.day + ONE_DAY, calendar)
    if not any(hour.rows for hour in today) and (is_over or lake.began is None):
        return [_silent_day(hourly.subject, judged.day, today, comparisons, gate, kinds)]
    of_day, usual = min(
        ((_of_day(hourly.subject, judged.day, today, comparison, gate), comparison) for comparison in comparisons),
        key=lambda judgement: judgement[0].value,
    )
    return [
        *([of_day] if is_compared else []),
        *_silent_stretches(hourly.subject, judged.day, today, usual, gate, lake),
    ]


def not_judged(left_out: Sequence[dt.date]) -> list[Reading]:
    """A reading that names days which go out although they are too many to be judged; none if there are none."""
    if not left_out:
        return []
    detail = f"{len(left_out)} days of refused runs are too long ago to be judged"
    return [Reading(f"days from {left_out[0]} to {left_out[-1]}", 0.0, detail, is_named=True)]


class _Lake:
    """All hours of the lake, also those without rows. It began with its first row, or with the first arrival."""

    def __init__(self, hourly: HourlyRows, calendar: Calendar) -> None:
        self._rows = sorted((start, count) for start, count in hourly.rows.items() if count)
        self._calendar = calendar
        first_row = self._rows[0][0] if self._rows else None
        self.began = max(first_row, hourly.first_arrival or first_row) if first_row is not None else None

    def hours(self, start: dt.datetime, until: dt.datetime) -> list[_Hour]:
        """Hours of [start, until)."""
        slots: defaultdict[int, int] = defaultdict(int)
        first, last = bisect_left(self._rows, (start, 0)), bisect_left(self._rows, (until, 0))
        for at, count in self._rows[first:last]:
            slots[(at - start) // ONE_HOUR] += count
        instants = [start + number * ONE_HOUR for number in range((until - start) // ONE_HOUR)]
        return [_Hour(at, self.clock(at).hour, slots[number]) for number, at in enumerate(instants)]

    def full_hours_of(self, day: dt.date) -> list[_Hour]:
        """Hours of a day since the lake's first full hour."""
        hours = self.hours(day_start(day, self._calendar), day_start(day + ONE_DAY, self._calendar))
        return [hour for hour in hours if self.has(hour)]

    def has(self, hour: _Hour) -> bool:
        """Whether the hour is one of the lake's full hours."""
        return self.began is not None and hour.start > self.began

    def clock(self, at: dt.datetime) -> dt.datetime:
        """The instant on the calendar's clock."""
        return at.astimezone(self._calendar.zone)


@dataclass(frozen=True)
class _Comparison:
    """Days that a day may resemble, and the median of their rows by hour on the clock."""

    days: Sequence[Sequence[_Hour]]
    usual: Mapping[int, float]

    def rows(self, hours: Iterable[_Hour]) -> tuple[int, float]:
        """Rows, and usual rows, of the hours in which there usually are any."""
        known = [hour for hour in hours if self.usual.get(hour.on_the_clock, 0) > 0]
        return sum(hour.rows for hour in known), sum(self.usual[hour.on_the_clock] for hour in known)

    def tolerance(self, today: Sequence[_Hour], expected: float, gate: VolumeGate) -> float:
        """Rows that a day may be apart: the usual spread between days, or that of pure chance if it is more."""
        closed = {hour.on_the_clock for hour in today}
        same_hours = ([hour for hour in hours if hour.on_the_clock in closed] for hours in self.days)
        ratios = [rows / of_usual for rows, of_usual in map(self.rows, same_hours) if of_usual]
        spread = median([abs(ratio - median(ratios)) for ratio in ratios]) if ratios else 0.0
        return gate.usual_spread * max(spread * expected, sqrt(expected))


def _comparisons(lake: _Lake, day: dt.date, gate: VolumeGate, kinds: DayKinds) -> list[_Comparison]:
    before = [day - number * ONE_DAY for number in range(1, gate.history_days + 1)]
    hours = {earlier: found for earlier in before if (found := lake.full_hours_of(earlier))}
    silent = {earlier for earlier, found in hours.items() if not any(hour.rows for hour in found)}
    telling = telling_days(list(hours), silent, kinds)
    groups = kinds.alike(day, telling, gate.min_comparable_days)
    return [_Comparison(days, _usual(days)) for days in ([hours[earlier] for earlier in group] for group in groups)]


def _usual(history: Iterable[Sequence[_Hour]]) -> dict[int, float]:
    """Median rows by hour on the clock."""
    observed: defaultdict[int, list[int]] = defaultdict(list)
    for hour in (hour for hours in history for hour in hours):
        observed[hour.on_the_clock].append(hour.rows)
    return {on_the_clock: median(rows) for on_the_clock, rows in observed.items()}


def _of_day(subject: str, day: dt.date, today: Sequence[_Hour], comparison: _Comparison, gate: VolumeGate) -> Reading:
    rows, expected = comparison.rows(today)
    detail = f"{sum(hour.rows for hour in today)} in {len(today)} closed hours, usual are {expected:.0f}"
    apart = abs(rows - expected)
    if expected == 0 or apart <= comparison.tolerance(today, expected, gate):
        return Reading(f"{subject} on {day}", 0.0, detail, day=day)
    may_block = rows < expected and len(comparison.days) >= gate.min_comparable_days
    deviation = apart / expected if may_block else _not_blocking(apart / expected, gate)
    return Reading(f"{subject} on {day}", deviation, f"{detail}, by {len(comparison.days)} days", day=day)


def _silent_day(
    subject: str,
    day: dt.date,
    today: Sequence[_Hour],
    comparisons: Sequence[_Comparison],
    gate: VolumeGate,
    kinds: DayKinds,
) -> Reading:
    """A day without a row, which is none if businesses are closed on such days. Whether they are, a lake that knows few
    of them cannot say, so that it warns.
    """
    known = [comparison for comparison in comparisons if len(comparison.days) >= gate.min_comparable_days]
    if any(not any(comparison.usual.values()) for comparison in known):
        return Reading(f"{subject} on {day}", 0.0, "none, as is usual", day=day)
    may_block = bool(known) or not kinds.is_free(day)
    value = 1.0 if may_block else _not_blocking(1.0, gate)
    return Reading(f"{subject} on {day}", value, f"none in {len(today)} closed hours", is_named=True, day=day)


def _not_blocking(value: float, gate: VolumeGate) -> float:
    """The value, or the limit, which is still allowed."""
    return value if gate.block_above is None else min(value, gate.block_above)


def _silent_stretches(
    subject: str, day: dt.date, today: Sequence[_Hour], comparison: _Comparison, gate: VolumeGate, lake: _Lake
) -> Iterator[Reading]:
    """Hours without a row that usually have many, as stretches; the value is their share of the usual rows."""
    usual, (_, all_usual) = comparison.usual, comparison.rows(today)
    for is_silent, group in groupby(today, key=lambda hour: _is_outage(hour, usual, gate, lake)):
        hours = list(group)
        if is_silent:
            lost = sum(usual[hour.on_the_clock] for hour in hours)
            begin, end = lake.clock(hours[0].start), lake.clock(hours[-1].start + ONE_HOUR)
            detail = f"none in {len(hours)} hours, usual are {lost:.0f}"
            # Named, but never enough to block by itself: the rows of a network that was down will not come any more.
            share = _not_blocking(lost / all_usual, gate)
            yield Reading(
                f"{subject} on {day} from {begin:%H:%M} to {end:%H:%M}", share, detail, is_named=True, day=day
            )


def _is_outage(hour: _Hour, usual: Mapping[int, float], gate: VolumeGate, lake: _Lake) -> bool:
    return lake.has(hour) and hour.rows == 0 and usual.get(hour.on_the_clock, 0) >= max(1, gate.min_hourly_rows)
