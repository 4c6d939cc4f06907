"""How long nothing has arrived, as a share of what is allowed. Pure.

Hours in which a stream is usually silent do not count: at night, a small network may carry no message for hours.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contracts.calendar import Calendar
from contracts.gate_settings import FreshnessGate
from jobs.nightly.closed_day import ONE_HOUR
from jobs.nightly.gates.gate import Reading

ONE_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class HourOfArrivals:
    """An hour (UTC) in which rows of a stream arrived, and when the newest of them did."""

    stream: str
    hour: dt.datetime
    newest: dt.datetime


def stream_readings(
    streams: Iterable[str],
    arrivals: Iterable[HourOfArrivals],
    since: dt.datetime,
    now: dt.datetime,
    gate: FreshnessGate,
    calendar: Calendar,
) -> list[Reading]:
    """A reading per stream that is expected or has arrived since `since`, from which on `arrivals` are known."""
    by_stream: defaultdict[str, list[HourOfArrivals]] = defaultdict(list)
    for arrived in arrivals:
        by_stream[arrived.stream].append(arrived)
    allowed = gate.stream_max_age_minutes * ONE_MINUTE
    return [
        _of_stream(stream, by_stream.get(stream, []), since, now, allowed, calendar)
        for stream in sorted({*streams, *by_stream})
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
    stream: str,
    arrivals: list[HourOfArrivals],
    since: dt.datetime,
    now: dt.datetime,
    allowed: dt.timedelta,
    calendar: Calendar,
) -> Reading:
    newest = max((arrived.newest for arrived in arrivals), default=None)
    silent = _usually_silent({arrived.hour for arrived in arrivals}, now, calendar)
    # Nothing in the whole window is as old as the window.
    age = sum((length for hour, length in _hours_between(newest or since, now) if hour not in silent), dt.timedelta())
    quiet = max(now - (newest or since), dt.timedelta()) - age
    left_out = f", {quiet // ONE_HOUR} usually silent hours left out" if quiet >= ONE_HOUR else ""
    return Reading(stream, age / allowed, f"newest arrival {_told(newest)}{left_out}")


def _hours_between(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, dt.timedelta]]:
    """Each hour that lies between two instants, wholly or in part, and how much of it does."""
    hour = _hour_of(start)
    while hour < end:
        yield hour, min(hour + ONE_HOUR, end) - max(hour, start)
        hour += ONE_HOUR


def _usually_silent(active: set[dt.datetime], now: dt.datetime, calendar: Calendar) -> set[dt.datetime]:
    """Hours up to `now` that were silent on most earlier days, by the calendar's clock, since the first arrival."""
    if not active:
        return set()
    newest = max(active)
    known = [hour for hour, _ in _hours_between(min(active), newest + ONE_HOUR)]
    seen: defaultdict[int, list[bool]] = defaultdict(list)
    for hour in known:
        seen[hour.astimezone(calendar.zone).hour].append(hour in active)
    mostly_silent = {clock for clock, was_active in seen.items() if sum(was_active) * 2 < len(was_active)}
    since_newest = (hour for hour, _ in _hours_between(newest + ONE_HOUR, now))
    return {hour for hour in since_newest if hour.astimezone(calendar.zone).hour in mostly_silent}


def _hour_of(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _told(at: dt.datetime | None) -> str:
    return "before the window" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
