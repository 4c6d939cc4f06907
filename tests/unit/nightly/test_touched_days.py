"""Which arrivals make a run look at the days of their events."""

import datetime as dt

import duckdb
import pytest

from jobs.nightly.touched_days import Arrivals

SINCE = dt.date(2026, 11, 20)
NEW_SINCE = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
# When an event happened and when it arrived.
HISTORY = ("2026-06-01 12:00", "2026-11-21 10:00")
LATELY = ("2026-11-20 00:00", "2026-11-20 00:01")
NEW = ("2026-11-22 03:00", "2026-11-22 03:01")
NEW_OF_LONG_AGO = ("2026-06-01 12:00", "2026-11-22 03:00")
BEFORE = ("2026-11-19 23:58", "2026-11-19 23:59")
ALL = (HISTORY, LATELY, NEW, NEW_OF_LONG_AGO, BEFORE)


@pytest.mark.parametrize(
    ("arrivals", "counted"),
    [
        (Arrivals(SINCE, NEW_SINCE), {LATELY, NEW, NEW_OF_LONG_AGO}),
        (Arrivals(SINCE), {HISTORY, LATELY, NEW, NEW_OF_LONG_AGO}),
    ],
)
def test_a_history_that_the_run_before_had_is_not_looked_at_again(
    arrivals: Arrivals, counted: set[tuple[str, str]]
) -> None:
    values = ", ".join(f"(timestamptz '{event} UTC', timestamptz '{arrived} UTC')" for event, arrived in ALL)
    rows = duckdb.sql(
        f"select event_time, _bronze_ingested_at from (values {values}) as bronze (event_time, _bronze_ingested_at)"
        f" where {arrivals.condition().replace('timestamp ', 'timestamptz ')}"
    ).fetchall()
    assert {tuple(f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M}" for moment in row) for row in rows} == counted
