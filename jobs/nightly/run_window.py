"""Which rows a run works on, by their arrival. All but `window_after` is pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from pyiceberg.catalog import Catalog

from jobs.nightly.arrivals import UnknownArrivalsError, oldest_arrival
from jobs.nightly.audited_run import TableName
from jobs.nightly.silver_build import SilverBuild

log = structlog.get_logger()


@dataclass(frozen=True)
class RunWindow:
    """Gold and the gates look at rows that arrived from the day `start` on: what was unknown when a call came, its
    customer for example, may be known now. Silver is made from bronze alone and takes what arrived since `new_since`;
    if that is None, it makes all event days of the window again.
    """

    start: dt.date
    new_since: dt.datetime | None

    @property
    def oldest_arrival(self) -> dt.datetime:
        """A time before which no row arrived that the run takes."""
        return self.new_since or dt.datetime.combine(self.start, dt.time(), dt.UTC)


def lookback_window(first_day: dt.date) -> RunWindow:
    """The window of a run that does not know what silver was made from."""
    return RunWindow(first_day, None)


def window_since(first_day: dt.date, oldest_new: dt.datetime, is_silver_untouched: bool) -> RunWindow:
    """The window of a run after a complete one, of which rows from `oldest_new` on are not in silver.

    It makes up for nights without a run: what arrived before the lookback is included. If somebody changed silver, the
    run makes silver of all these days again.
    """
    return RunWindow(min(first_day, oldest_new.date()), oldest_new if is_silver_untouched else None)


def window_after(
    catalog: Catalog,
    build: SilverBuild,
    inputs: Mapping[TableName, int],
    silver: Mapping[TableName, int],
    first_day: dt.date,
    now: dt.datetime,
) -> RunWindow:
    """The window of a run after `build`, over the bronze snapshots `inputs` and silver's snapshots as they are now."""
    try:
        oldest_new = oldest_arrival(catalog, build.inputs, inputs) or now
    except UnknownArrivalsError as error:
        log.info("arrivals_unknown", reason=str(error))
        return lookback_window(first_day)
    return window_since(first_day, oldest_new, build.is_untouched(silver))
