"""Rules of `spec.transform.calendar`: its zone, country and subdivision are ones that somebody has written down.

An API server cannot know them; the jobs would end at the first night. The same packages answer there.
"""

from collections.abc import Iterator, Mapping
from functools import cache

import holidays
import phonenumbers

from contracts.calendar import known_zone
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.storage_references import TRANSFORM_PATH
from operators.telecom_pipeline.validate.problem import Problem
from operators.telecom_pipeline.validate.suggestion import did_you_mean

# Of ISO 3166-2. The package also has cities and school zones, by names.
LONGEST_CODE = 3
CALENDAR_PATH = f"{TRANSFORM_PATH}.calendar"


def calendar_problems(pipeline: Pipeline) -> Iterator[Problem]:
    """Names in the calendar that stand for nothing."""
    transform = pipeline.spec.transform
    if transform is None:
        return
    try:
        known_zone(transform.calendar.time_zone)
    except ValueError as error:
        yield Problem(f"{CALENDAR_PATH}.timeZone", str(error))
    country = transform.calendar.country
    if country not in _countries():
        yield Problem(f"{CALENDAR_PATH}.country", f"of {country} neither holidays nor phone numbers are known")
    else:
        yield from _subdivision_problems(country, transform.calendar.subdivision)


def _subdivision_problems(country: str, subdivision: str | None) -> Iterator[Problem]:
    known = _countries()[country]
    if subdivision is not None and subdivision not in known:
        answer = did_you_mean(subdivision, known) if known else f"leave it out: all of {country} has the same ones"
        yield Problem(f"{CALENDAR_PATH}.subdivision", f"no holidays of {country}-{subdivision} are known; {answer}")


@cache
def _countries() -> Mapping[str, tuple[str, ...]]:
    """Countries with a numbering plan and holidays, and the subdivisions of each that have holidays of their own."""
    subdivisions = holidays.list_supported_countries(include_aliases=False)
    return {
        country: tuple(code for code in codes if code.isalnum() and len(code) <= LONGEST_CODE)
        for country, codes in subdivisions.items()
        if country in phonenumbers.SUPPORTED_REGIONS
    }
