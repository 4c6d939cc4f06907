import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog.sql import SqlCatalog

from contracts.calendar import Calendar
from jobs.nightly.calendar_years import (
    EARLIEST_EVENT_DAY,
    YEARS_AHEAD,
    UnknownHolidaysError,
    calendar_years,
    first_event_days,
    public_holidays,
)

RUN_DATE = dt.date(2026, 11, 20)
YEAR = range(2027, 2028)


def test_years_begin_with_the_first_event_and_go_on_beyond_the_run() -> None:
    years = calendar_years([dt.date(2026, 1, 5), dt.date(2019, 12, 31)], RUN_DATE)
    assert (years[0], years[-1]) == (2019, RUN_DATE.year + YEARS_AHEAD)
    assert calendar_years([], RUN_DATE)[0] == RUN_DATE.year


def test_a_rejected_event_of_a_wrong_clock_does_not_stretch_the_years() -> None:
    assert calendar_years([dt.date(1970, 1, 1), RUN_DATE], RUN_DATE)[0] == RUN_DATE.year
    assert calendar_years([EARLIEST_EVENT_DAY], RUN_DATE)[0] == EARLIEST_EVENT_DAY.year


def test_holidays_are_those_of_the_country_each_day_once() -> None:
    american = dict(public_holidays(Calendar(country="US"), YEAR))
    assert american[dt.date(2027, 7, 4)] == "Independence Day"
    assert dt.date(2027, 7, 4) not in dict(public_holidays(Calendar(country="DE"), YEAR))
    days = [day for day, _ in public_holidays(Calendar(country="US"), range(2020, 2040))]
    assert days == sorted(set(days))
    assert {day.year for day in days} == set(range(2020, 2040))


def test_a_subdivision_has_holidays_of_its_own() -> None:
    epiphany = dt.date(2027, 1, 6)
    assert epiphany in dict(public_holidays(Calendar(country="DE", subdivision="BY"), YEAR))
    assert epiphany not in dict(public_holidays(Calendar(country="DE"), YEAR))


@pytest.mark.parametrize(("country", "subdivision"), [("ZZ", None), ("DE", "XX")])
def test_a_place_without_known_holidays_is_named(country: str, subdivision: str | None) -> None:
    with pytest.raises(UnknownHolidaysError, match=subdivision or country):
        public_holidays(Calendar(country=country, subdivision=subdivision), YEAR)


def test_the_first_event_is_found_without_reading_any(tmp_path: Path) -> None:
    catalog = SqlCatalog("lake", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    assert list(first_event_days(catalog)) == []
    catalog.create_namespace("silver")
    schema = pa.schema([("event_id", pa.string()), ("event_date", pa.date32())])
    table = catalog.create_table(("silver", "silver_calls"), schema)
    assert list(first_event_days(catalog)) == []
    with table.update_spec() as spec:
        spec.add_identity("event_date")
    for day in (dt.date(2024, 3, 5), dt.date(2021, 12, 31), dt.date(2025, 1, 1)):
        table.append(pa.table({"event_id": ["a"], "event_date": [day]}, schema=schema))
    assert min(first_event_days(catalog)) == dt.date(2021, 12, 31)
