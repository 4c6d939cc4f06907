"""How long nothing has arrived, as a share of what is allowed. Pure.

An hour counts by what usually arrives in it: at night, a small network may carry no message for hours, and businesses
are closed on free days. What is usual is a median, over days on which the stream was not interrupted.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from contracts.calendar import Calendar
from contracts.gate_settings import FreshnessGate
from jobs.nightly.closed_day import ONE_HOUR
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.judging.usual_days import DayKinds, telling_days

ONE_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class HourOfArrivals:
    """An hour (UTC) in which rows of a stream arrived, how many, and when the newest of them did."""

    stream: str
    hour: dt.datetime
    newest: dt.datetime
    rows: int


@dataclass(frozen=True)
class Habits:
    """What streams are held against: the gate's limits, and the calendar with its kinds of days."""

    gate: FreshnessGate
    calendar: Calendar
    kinds: DayKinds

    def day(self, hour: dt.datetime) -> dt.date:
        """The calendar's day of an hour."""
        return hour.astimezone(self.calendar.zone).date()

    def slot(self, hour: dt.datetime) -> tuple[bool, int]:
        """Whether the day is free, and the hour on the calendar's clock."""
        return self.kinds.is_free(self.day(hour)), hour.astimezone(self.calendar.zone).hour


def stream_readings(
    streams: Iterable[str], arrivals: Iterable[HourOfArrivals], since: dt.datetime, now: dt.datetime, habits: Habits
) -> list[Reading]:
    """A reading per stream that is expected or has arrived since `since`, from which on `arrivals` are known."""
    by_stream: defaultdict[str, list[HourOfArrivals]] = defaultdict(list)
    for arrived in arrivals:
        by_stream[arrived.stream].append(arrived)
    return [
        _of_stream(stream, by_stream.get(stream, []), since, now, habits) for stream in sorted({*streams, *by_stream})
    ]


def batch_readings(
    looked_at: Mapping[str, dt.datetime | None], since: dt.datetime, now: dt.datetime, gate: FreshnessGate
) -> list[Reading]:
    """A reading per table, by when it was last compared with its source. Never is as long ago as `since`."""
    allowed = gate.batch_max_age_hours * ONE_HOUR
    return [
        Reading(table, max(now - (at or since), dt.timedelta()) / allowed, f"last looked at {_told(at)}")
        for table, at in sorted(looked_at.items())
    ]


def _of_stream(
    stream: str, arrivals: list[HourOfArrivals], since: dt.datetime, now: dt.datetime, habits: Habits
) -> Reading:
    newest = max((arrived.newest for arrived in arrivals), default=None)
    usual = _usual_rows(arrivals, habits)
    known_kinds = {is_free for is_free, _ in usual}
    certain, uncertain = dt.timedelta(), dt.timedelta()
    # Nothing in the whole window is as old as the window.
    for hour, length in _hours_between(newest or since, now):
        counted = length * _weight(hour, usual, habits)
        if usual and habits.slot(hour)[0] not in known_kinds:
            uncertain += counted
        else:
            certain += counted
    value = _share(certain, uncertain, habits.gate)
    quiet = max(now - (newest or since), dt.timedelta()) - certain - uncertain
    left_out = f", {quiet // ONE_HOUR} hours left out in which little is usual" if quiet >= ONE_HOUR else ""
    return Reading(stream, value, f"newest arrival {_told(newest)}{left_out}")


def _share(certain: dt.timedelta, uncertain: dt.timedelta, gate: FreshnessGate) -> float:
    """Share of the allowed age. Silence on the first free day that a stream sees, or the first working day, may be
    usual: it warns at most.
    """
    allowed = gate.stream_max_age_minutes * ONE_MINUTE
    value, sure = (certain + uncertain) / allowed, certain / allowed
    return value if gate.block_above is None else max(sure, min(value, gate.block_above))


def _weight(hour: dt.datetime, usual: Mapping[tuple[bool, int], float], habits: Habits) -> float:
    """How far the hour counts: wholly if so many rows are usual that a silence says something, or if nobody knows."""
    expected = usual.get(habits.slot(hour))
    enough = habits.gate.min_hourly_rows
    return 1.0 if expected is None or enough == 0 else min(1.0, expected / enough)


def _usual_rows(arrivals: list[HourOfArrivals], habits: Habits) -> dict[tuple[bool, int], float]:
    """Median rows by slot, from the first arrival to the newest one."""
    if not arrivals:
        return {}
    rows = {arrived.hour: arrived.rows for arrived in arrivals}
    known = [hour for hour, _ in _hours_between(min(rows), max(rows) + ONE_HOUR)]
    active = {habits.day(hour) for hour in rows}
    days = sorted({habits.day(hour) for hour in known})
    telling = set(telling_days(days, set(days) - active, habits.kinds))
    seen: defaultdict[tuple[bool, int], list[int]] = defaultdict(list)
    for hour in known:
        if habits.day(hour) in telling:
            seen[habits.slot(hour)].append(rows.get(hour, 0))
    return {slot: median(counts) for slot, counts in seen.items()}


def _hours_between(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, dt.timedelta]]:
    """Each hour that lies between two instants, wholly or in part, and how much of it does."""
    hour = _hour_of(start)
    while hour < end:
        yield hour, min(hour + ONE_HOUR, end) - max(hour, start)
        hour += ONE_HOUR


def _hour_of(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _told(at: dt.datetime | None) -> str:
    return "before the window" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
