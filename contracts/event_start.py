"""When a history of events begins: at a moment, or a number of days or weeks ago.

A moment is written as RFC 3339 has it (`2026-07-01T00:00:00Z`), a number of days or weeks as in ISO 8601 (`P92D`,
`P13W`). So many days ago means the midnight (UTC) with which that day began, so that whole days are sent.
"""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, Field

DAYS_PER_WEEK = 7
MAX_DAYS_AGO = 3660
_ANY_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_AGO = r"P(?P<count>[1-9][0-9]{0,3})(?P<unit>[DW])"
_MOMENT = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
# Without named groups, which the regular expressions of an API server do not know by that spelling.
START_TIME_PATTERN = f"^({re.sub(r'[?]P<[a-z]+>', '', _AGO)}|{_MOMENT})$"


def begin_of(start_time: str, now: dt.datetime) -> dt.datetime:
    """The moment for which `start_time` stands at `now`. Raises `ValueError`, which says what is wrong with it."""
    ago = re.fullmatch(_AGO, start_time)
    if ago is None:
        return _moment(start_time)
    days = int(ago["count"]) * (DAYS_PER_WEEK if ago["unit"] == "W" else 1)
    if days > MAX_DAYS_AGO:
        raise ValueError(f"{start_time} is more than {MAX_DAYS_AGO} days ago")
    midnight = dt.datetime.combine(now.astimezone(dt.UTC), dt.time(), dt.UTC)
    return midnight - dt.timedelta(days=days)


def _moment(start_time: str) -> dt.datetime:
    if not re.fullmatch(_MOMENT, start_time):
        raise ValueError(f"{start_time!r} is neither a moment such as 2026-07-01T00:00:00Z nor a duration such as P92D")
    return dt.datetime.fromisoformat(start_time)


def check_start_time(start_time: str) -> str:
    """`start_time` itself if it stands for a moment. Raises `ValueError`."""
    begin_of(start_time, _ANY_TIME)
    return start_time


StartTime = Annotated[str, Field(pattern=START_TIME_PATTERN, examples=["P92D"]), AfterValidator(check_start_time)]
