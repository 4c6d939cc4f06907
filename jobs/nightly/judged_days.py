"""Which days a run answers for: its own, and each that is over and that no accepted run has judged. Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from contracts.calendar import Calendar
from jobs.nightly.closed_day import ONE_DAY, JudgedDay, judged_day, yesterday

# After weeks of refusals, the newest days. Each needs days before it to be compared with, which have to be read.
MOST_DAYS = 31


@dataclass(frozen=True)
class JudgedDays:
    """The days of a run with a closed hour, oldest first; `left_out` are those of before, which nobody judges."""

    days: tuple[JudgedDay, ...]
    left_out: tuple[dt.date, ...] = ()


def judged_days(
    run_date: dt.date,
    unjudged_since: dt.date | None,
    now: dt.datetime,
    calendar: Calendar,
    backfilled: Collection[dt.date] | None = None,
) -> JudgedDays:
    """The run's day and those from `unjudged_since` to yesterday: a run makes all days of which rows have arrived, so
    what a refused run held back goes out with it. A backfill makes, and answers for, no other days than its own.
    """
    newest = yesterday(now, calendar)
    since = unjudged_since or run_date
    answered = {run_date, *(since + number * ONE_DAY for number in range((newest - since).days + 1))}
    if backfilled is not None:
        answered &= set(backfilled)
    closed = [judged_day(day, now, calendar) for day in sorted(answered)]
    closed = [day for day in closed if day.closed_hours]
    return JudgedDays(tuple(closed[-MOST_DAYS:]), tuple(day.day for day in closed[:-MOST_DAYS]))


def unjudged_from(judged_until: dt.datetime, calendar: Calendar) -> dt.date:
    """The first day that is not judged as a whole if all days were judged until that moment."""
    return judged_until.astimezone(calendar.zone).date()
