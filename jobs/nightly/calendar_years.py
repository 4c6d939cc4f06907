"""The years that `gold.dim_date` has, from the first event on, and the public holidays in them."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

import holidays
from pyiceberg.catalog import Catalog
from pyiceberg.conversions import from_bytes
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table
from pyiceberg.types import DateType
from pyiceberg.utils.datetime import days_to_date

from contracts.calendar import Calendar
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

YEARS_AHEAD = 5
# Silver takes no event from before 2000 in UTC (`macros/checks/identity_checks.sql`): to the west, from a day before.
EARLIEST_EVENT_DAY = dt.date(1999, 12, 31)
_PARTITION_COLUMN = "event_date"


class UnknownHolidaysError(ValueError):
    """Nobody has written down the public holidays of the calendar's country or subdivision."""


def year_variables(
    catalog: Catalog, calendar: Calendar, run_date: dt.date, days: Collection[dt.date]
) -> dict[str, object]:
    """Variables of the dbt project for a run that works on the event days `days`. Raises `UnknownHolidaysError`."""
    years = calendar_years([*days, *first_event_days(catalog)], run_date)
    return {
        "calendar_first_year": years.start,
        "calendar_last_year": years.stop - 1,
        "public_holidays": [[str(day), name] for day, name in public_holidays(calendar, years)],
    }


def calendar_years(event_days: Iterable[dt.date], run_date: dt.date) -> range:
    """From the year of the first event, or of the run, to some years after the run."""
    plausible = (day for day in event_days if day >= EARLIEST_EVENT_DAY)
    return range(min(plausible, default=run_date).year, run_date.year + YEARS_AHEAD + 1)


def public_holidays(calendar: Calendar, years: range) -> list[tuple[dt.date, str]]:
    """Public holidays in order, each day once. Raises `UnknownHolidaysError`."""
    try:
        found = holidays.country_holidays(calendar.country, subdiv=calendar.subdivision, years=years)
    except NotImplementedError as error:
        raise UnknownHolidaysError(
            f"no public holidays are known for country {calendar.country}, subdivision {calendar.subdivision}: {error}"
        ) from error
    return sorted(found.items())


def holidays_around(calendar: Calendar, day: dt.date) -> frozenset[dt.date]:
    """Public holidays of the year of `day` and of the one before. Raises `UnknownHolidaysError`."""
    return frozenset(holiday for holiday, _ in public_holidays(calendar, range(day.year - 1, day.year + 1)))


def first_event_days(catalog: Catalog) -> Iterator[dt.date]:
    """For each silver table of events, a day before which it has no event. Iceberg's manifest lists tell it."""
    for name in SILVER_TABLE_BY_TOPIC.values():
        try:
            table = catalog.load_table(("silver", name))
        except NoSuchTableError:
            continue
        yield from _first_partitions(table)


def _first_partitions(table: Table) -> Iterator[dt.date]:
    snapshot = table.current_snapshot()
    for manifest in snapshot.manifests(table.io) if snapshot else ():
        names = [field.name for field in table.specs()[manifest.partition_spec_id].fields]
        if _PARTITION_COLUMN in names and manifest.partitions:
            bound = manifest.partitions[names.index(_PARTITION_COLUMN)].lower_bound
            if bound is not None:
                yield days_to_date(int(from_bytes(DateType(), bound)))
