"""The day that a run is for, from the words in which somebody asks for it. Pure."""

import datetime as dt

from contracts.calendar import Calendar
from jobs.nightly.closed_day import today, yesterday

TODAY, YESTERDAY = "today", "yesterday"


class RunDayError(Exception):
    """Nobody can run for that day; the message says why."""


def run_day(asked: str | None, now: dt.datetime, calendar: Calendar) -> dt.date:
    """`today`, `yesterday` or YYYY-MM-DD as a day of the pipeline's calendar; yesterday, the newest that is over, if
    nobody asks for another. Raises `RunDayError`.
    """
    if asked is None or asked == YESTERDAY:
        return yesterday(now, calendar)
    newest = today(now, calendar)
    day = newest if asked == TODAY else _written(asked)
    if day > newest:
        raise RunDayError(
            f"{day} has not begun: it is {newest} in {calendar.time_zone}. Ask for {TODAY} or a day before."
        )
    return day


def check_words(asked: str) -> str:
    """`asked` itself if it is of a form that `run_day` understands. Raises `RunDayError`."""
    if asked not in (TODAY, YESTERDAY):
        _written(asked)
    return asked


def _written(asked: str) -> dt.date:
    try:
        return dt.date.fromisoformat(asked)
    except ValueError as error:
        raise RunDayError(f"{asked!r} is neither {TODAY}, {YESTERDAY} nor a day such as 2026-11-20") from error
