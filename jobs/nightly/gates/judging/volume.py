"""How many rows the closed hours of a day have, against what is usual at these hours. Pure.

Hours are closed by the clock, so an hour without rows counts with zero. History begins with the first full hour of the
lake. A working day is compared with the same weekday, or with other working days while there are few of those.
"""

import datetime as dt
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


@dataclass(frozen=True)
class HourlyRows:
    """Rows of something, say calls, by the instant at which their hour starts. Hours without rows may be absent."""

    subject: str
    rows: Mapping[dt.datetime, int]


@dataclass(frozen=True)
class _Hour:
    start: dt.datetime
    # Hour of the day on the calendar's clock: when clocks are set back, two hours of a day have the same.
    on_the_clock: int
    rows: int


def volume_readings(
    hourly: HourlyRows, judged: JudgedDay, gate: VolumeGate, calendar: Calendar, is_compared: bool = True
) -> list[Reading]:
    """A reading of the day, and one for each stretch of silent hours. None while nothing of the day is closed.

    Without `is_compared`, only silence counts: of what a device counts at a rate that somebody sets.
    """
    if not judged.closed_hours:
        return []
    lake = _Lake(hourly, calendar)
    today = lake.hours(judged.start, judged.until)
    history = _comparable(lake, judged.day, gate)
    usual = _usual(history)
    of_day = _of_day(hourly.subject, today, history, usual, gate)
    if _is_silent(lake, today, judged, calendar):
        return [Reading(of_day.subject, 1.0, of_day.detail)]
    return [*([of_day] if is_compared else []), *_silent_stretches(hourly.subject, today, usual, gate, lake)]


class _Lake:
    """All hours of the lake, also those without rows."""

    def __init__(self, hourly: HourlyRows, calendar: Calendar) -> None:
        self._rows = {start: count for start, count in hourly.rows.items() if count}
        self._calendar = calendar
        self.first_row = min(self._rows, default=None)

    def hours(self, start: dt.datetime, until: dt.datetime) -> list[_Hour]:
        """Hours of [start, until)."""
        slots: defaultdict[int, int] = defaultdict(int)
        for at, count in self._rows.items():
            slots[(at - start) // ONE_HOUR] += count
        instants = [start + number * ONE_HOUR for number in range((until - start) // ONE_HOUR)]
        return [_Hour(at, self.clock(at).hour, slots[number]) for number, at in enumerate(instants)]

    def full_hours_of(self, day: dt.date) -> list[_Hour]:
        """Hours of a day since the lake's first full hour."""
        hours = self.hours(day_start(day, self._calendar), day_start(day + ONE_DAY, self._calendar))
        return [hour for hour in hours if self.first_row is not None and hour.start > self.first_row]

    def clock(self, at: dt.datetime) -> dt.datetime:
        """The instant on the calendar's clock."""
        return at.astimezone(self._calendar.zone)


def _comparable(lake: _Lake, day: dt.date, gate: VolumeGate) -> list[list[_Hour]]:
    """Hours of the days before that `day` is compared with."""
    before = [day - number * ONE_DAY for number in range(1, gate.history_days + 1)]
    hours = {earlier: lake.full_hours_of(earlier) for earlier in before}
    alive = [earlier for earlier in before if any(hour.rows for hour in hours[earlier])]
    same_weekday = [earlier for earlier in alive if earlier.isoweekday() == day.isoweekday()]
    if len(same_weekday) >= gate.min_comparable_days:
        return [hours[earlier] for earlier in same_weekday]
    return [hours[earlier] for earlier in alive if _is_weekend(earlier, gate) == _is_weekend(day, gate)]


def _is_weekend(day: dt.date, gate: VolumeGate) -> bool:
    return day.isoweekday() in gate.weekend_days


def _usual(history: Iterable[Sequence[_Hour]]) -> dict[int, float]:
    """Median rows by hour on the clock."""
    observed: defaultdict[int, list[int]] = defaultdict(list)
    for hour in (hour for hours in history for hour in hours):
        observed[hour.on_the_clock].append(hour.rows)
    return {on_the_clock: median(rows) for on_the_clock, rows in observed.items()}


def _of_day(
    subject: str,
    today: Sequence[_Hour],
    history: Sequence[Sequence[_Hour]],
    usual: Mapping[int, float],
    gate: VolumeGate,
) -> Reading:
    rows, expected = _against_usual(today, usual)
    detail = f"{sum(hour.rows for hour in today)} in {len(today)} closed hours, usual are {expected:.0f}"
    apart = abs(rows - expected)
    if expected == 0 or apart <= _tolerance(today, history, usual, expected, gate):
        return Reading(f"{subject} of the day", 0.0, detail)
    is_known = len(history) >= gate.min_comparable_days
    deviation = apart / expected if is_known else _not_blocking(apart / expected, gate)
    return Reading(f"{subject} of the day", deviation, f"{detail}, by {len(history)} days")


def _not_blocking(value: float, gate: VolumeGate) -> float:
    """The value, or the limit, which is still allowed."""
    return value if gate.block_above is None else min(value, gate.block_above)


def _tolerance(
    today: Sequence[_Hour],
    history: Sequence[Sequence[_Hour]],
    usual: Mapping[int, float],
    expected: float,
    gate: VolumeGate,
) -> float:
    """Rows that a day may be apart: the usual spread between days, or that of pure chance if it is more."""
    closed = {hour.on_the_clock for hour in today}
    same_hours = ([hour for hour in hours if hour.on_the_clock in closed] for hours in history)
    sums = [_against_usual(hours, usual) for hours in same_hours]
    ratios = [rows / of_usual for rows, of_usual in sums if of_usual]
    spread = median([abs(ratio - median(ratios)) for ratio in ratios]) if ratios else 0.0
    return gate.usual_spread * max(spread * expected, sqrt(expected))


def _against_usual(hours: Iterable[_Hour], usual: Mapping[int, float]) -> tuple[int, float]:
    """Rows, and usual rows, of the hours in which there usually are any."""
    known = [hour for hour in hours if usual.get(hour.on_the_clock, 0) > 0]
    return sum(hour.rows for hour in known), sum(usual[hour.on_the_clock] for hour in known)


def _is_silent(lake: _Lake, today: Sequence[_Hour], judged: JudgedDay, calendar: Calendar) -> bool:
    """Whether the lake is empty, or a whole day of it is. A day before its first row is none of its days."""
    if any(hour.rows for hour in today):
        return False
    if lake.first_row is None:
        return True
    is_over = judged.until == day_start(judged.day + ONE_DAY, calendar)
    return is_over and lake.first_row < judged.until


def _silent_stretches(
    subject: str, today: Sequence[_Hour], usual: Mapping[int, float], gate: VolumeGate, lake: _Lake
) -> Iterator[Reading]:
    """Hours without a row that usually have many, as stretches; the value is their share of the usual rows."""
    all_usual = sum(usual.get(hour.on_the_clock, 0) for hour in today)
    for is_silent, group in groupby(today, key=lambda hour: _is_outage(hour, usual, gate, lake)):
        hours = list(group)
        if is_silent:
            lost = sum(usual[hour.on_the_clock] for hour in hours)
            begin, end = lake.clock(hours[0].start), lake.clock(hours[-1].start + ONE_HOUR)
            detail = f"none in {len(hours)} hours, usual are {lost:.0f}"
            # Named, but never enough to block by itself: the rows of a network that was down will not come any more.
            share = _not_blocking(lost / all_usual, gate)
            yield Reading(f"{subject} from {begin:%H:%M} to {end:%H:%M}", share, detail, is_named=True)


def _is_outage(hour: _Hour, usual: Mapping[int, float], gate: VolumeGate, lake: _Lake) -> bool:
    began = lake.first_row is not None and hour.start > lake.first_row
    return began and hour.rows == 0 and usual.get(hour.on_the_clock, 0) >= max(1, gate.min_hourly_rows)
