"""The calendar that a pipeline's days, years and holidays follow: where a day begins, and when it is over."""

from datetime import tzinfo
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from contracts.settings import Settings


@cache
def _zones() -> frozenset[str]:
    """All names, which it takes a tenth of a second to list."""
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The name, if the IANA database has a time zone of it. Raises `ValueError`."""
    if name not in _zones():
        raise ValueError(f"{name!r} is not a time zone of the IANA database, such as Europe/Berlin")
    return name


# "UTC" or a name with an area, such as Europe/Berlin. Trino does not know others that Python has: EST, ROC, localtime.
ZoneName = Annotated[str, Field(pattern=r"^(UTC|[A-Za-z]+(/[A-Za-z0-9_+\-]+){1,2})$", max_length=64)]
TimeZone = Annotated[ZoneName, AfterValidator(known_zone)]
MonthOfYear = Annotated[int, Field(ge=1, le=12)]
# ISO 3166-1 alpha-2.
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
# The part of ISO 3166-2 after the hyphen, such as BY in DE-BY.
Subdivision = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")]
ClosingMinutes = Annotated[float, Field(ge=0, le=1440)]


class Calendar(Settings):
    """Days are cut in `time_zone`; an hour is closed `closes_after_minutes` after its end, when its events are in."""

    time_zone: TimeZone = "UTC"
    country: Country = "US"
    subdivision: Subdivision | None = None
    fiscal_year_first_month: MonthOfYear = 4
    closes_after_minutes: ClosingMinutes = 5.0

    @property
    def zone(self) -> tzinfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)
