"""The one rule for what is over: the day that a run is for, and the part of it that may be judged. Pure.

Events of an hour go on to arrive after its end, so an hour is closed only `closes_after_minutes` later. A day that has
just begun has no closed hour, and then there is nothing to judge: it is neither too small nor silent.
"""

import datetime as dt
from dataclasses import dataclass

from contracts.calendar import Calendar

ONE_DAY, ONE_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@dataclass(frozen=True)
class JudgedDay:
    """The closed hours of `day`: instants from `start` (inclusive) to `until` (exclusive), in UTC."""

    day: dt.date
    start: dt.datetime
    until: dt.datetime

    @property
    def closed_hours(self) -> int:
        """Number of closed hours: 23 to 25 for a whole day, as clocks are set forward and back."""
        return (self.until - self.start) // ONE_HOUR


def today(now: dt.datetime, calendar: Calendar) -> dt.date:
    """The calendar's day at the instant `now`."""
    return now.astimezone(calendar.zone).date()


def yesterday(now: dt.datetime, calendar: Calendar) -> dt.date:
    """The newest day that is over: what a run is for unless it is told otherwise."""
    return today(now, calendar) - ONE_DAY


def day_start(day: dt.date, calendar: Calendar) -> dt.datetime:
    """The instant, in UTC, at which `day` begins."""
    return dt.datetime.combine(day, dt.time(), calendar.zone).astimezone(dt.UTC)


def judged_day(day: dt.date, now: dt.datetime, calendar: Calendar) -> JudgedDay:
    """The hours of `day` that are closed at the instant `now`: all of them once it is over."""
    start, end = day_start(day, calendar), day_start(day + ONE_DAY, calendar)
    settled = now - dt.timedelta(minutes=calendar.closes_after_minutes) - start
    return JudgedDay(day, start, min(end, start + max(0, settled // ONE_HOUR) * ONE_HOUR))
