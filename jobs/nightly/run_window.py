"""Which rows a run works on, by their arrival. All but `window_after` is pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog
from pyiceberg.catalog import Catalog

from jobs.nightly.arrivals import NewRows, UnknownArrivalsError, arrivals_since, oldest_of
from jobs.nightly.audited_run import TableName
from jobs.nightly.bronze_days import BronzeDays, changed_days
from jobs.nightly.silver_build import SilverBuild

log = structlog.get_logger()
BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# How long before its commit a row may say that it arrived, where only the moment of the last run is known.
LONGEST_IN_SINK = dt.timedelta(days=1)


@dataclass(frozen=True)
class RunWindow:
    """Gold and the gates look at rows that arrived from the day `start` on: what was unknown when a call came, its
    customer for example, may be known now. No row is new that arrived before `arrived_since`.

    Silver is made from bronze alone and takes new rows only, if it is otherwise current. If not, it makes all days
    of the window again, and `utc_days` too: those on which rows came or went without a trace of when.

    `arrived` tells when the new rows arrived, by table; it is empty if nobody knows which are new.
    """

    start: dt.date
    arrived_since: dt.datetime
    is_silver_current: bool
    utc_days: frozenset[dt.date] = frozenset()
    arrived: NewRows = field(default_factory=dict)

    @property
    def new_since(self) -> dt.datetime | None:
        """The arrival of the oldest row that silver takes; None if it makes whole days."""
        return self.arrived_since if self.is_silver_current else None


def first_window() -> RunWindow:
    """The window of a run that no accepted one precedes: everything."""
    return RunWindow(BEGINNING.date(), BEGINNING, is_silver_current=False)


def window_since(first_day: dt.date, oldest_new: dt.datetime, is_silver_current: bool) -> RunWindow:
    """The window of a run after an accepted one, of which rows from `oldest_new` on are not in silver.

    It takes all that arrived since, however long ago that is. If somebody changed silver or the project, the run makes
    silver of all these days, and of the lookback, again.
    """
    return RunWindow(min(first_day, oldest_new.date()), oldest_new, is_silver_current)


def window_without_arrivals(first_day: dt.date, build: SilverBuild, days_now: BronzeDays) -> RunWindow:
    """The window of a run that cannot tell from snapshots what is new: one has expired, or a table is new.

    What was committed after the run before says that it arrived at most `LONGEST_IN_SINK` earlier. Days with another
    number of rows than then are made again as well, which finds what was erased and what came even later.
    """
    oldest = build.pinned_at - LONGEST_IN_SINK if build.pinned_at else BEGINNING
    changed = frozenset(changed_days(build.bronze_days, days_now))
    return RunWindow(min(first_day, oldest.date()), oldest, is_silver_current=False, utc_days=changed)


def window_after(
    catalog: Catalog,
    build: SilverBuild,
    inputs: Mapping[TableName, int],
    is_silver_current: bool,
    first_day: dt.date,
    now: dt.datetime,
    days_now: BronzeDays,
) -> RunWindow:
    """The window of a run after `build`, over the bronze snapshots `inputs`."""
    try:
        arrived = arrivals_since(catalog, build.inputs, inputs)
    except UnknownArrivalsError as error:
        log.info("arrivals_unknown", reason=str(error))
        return window_without_arrivals(first_day, build, days_now)
    return replace(window_since(first_day, oldest_of(arrived) or now, is_silver_current), arrived=arrived)
