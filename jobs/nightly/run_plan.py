"""What a run is to work on: which snapshots of bronze, which rows of them, which event days."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import structlog
from pyiceberg.catalog import Catalog

from contracts.batch_settings import NightlySettings
from contracts.calendar import Calendar
from contracts.tables import BRONZE_NAMESPACE
from jobs.nightly.audited_run import TableName
from jobs.nightly.bronze_days import BronzeDays, bronze_days, days_left_behind, event_days_of, rows_left_behind
from jobs.nightly.bronze_tables import INPUTS
from jobs.nightly.chunk_plan import ChunkPlan, chunk_plan, rows_per_chunk
from jobs.nightly.judged_days import JudgedDays, unjudged_from
from jobs.nightly.publish.history import Action
from jobs.nightly.publish.records import all_records
from jobs.nightly.restated_days import restated_months, with_restated
from jobs.nightly.run_window import RunWindow, first_window, window_after
from jobs.nightly.silver_build import SILVER, SilverBuild, last_build
from jobs.nightly.touched_days import Arrivals, days_arrived
from jobs.runtime.published_tags import GOLD, current_snapshots
from jobs.runtime.trino import TrinoSql

log = structlog.get_logger()


@dataclass(frozen=True)
class DayRange:
    """Event days [first, until) of a backfill."""

    first: dt.date
    until: dt.date

    @property
    def days(self) -> tuple[dt.date, ...]:
        """All of them."""
        return tuple(self.first + dt.timedelta(days=number) for number in range((self.until - self.first).days))


@dataclass(frozen=True)
class RunPlan:
    """A run of `run_date` before it begins. `days` are event days: of `backfill`, or those that arrivals touch;
    `gold_days` are these and the days that gold restates because a dimension changed late, and `gold_months` (first
    days) what it sums up again beside the months of these days. No accepted run has judged the days from
    `unjudged_since` on; None means that there was none. `chunks` are what silver is made in.
    """

    run_date: dt.date
    now: dt.datetime
    build_digest: str
    inputs: Mapping[TableName, int]
    window: RunWindow
    days: tuple[dt.date, ...]
    gold_days: tuple[dt.date, ...]
    gold_months: tuple[dt.date, ...]
    backfill: DayRange | None
    bronze_days: BronzeDays
    rows_left_behind: Mapping[str, int]
    unjudged_since: dt.date | None = None
    chunks: ChunkPlan = field(default_factory=dict)

    def build(self, outputs: Mapping[TableName, int], judged: JudgedDays) -> SilverBuild | None:
        """What silver has, and up to when it is judged, if the run is accepted; None for a backfill, which takes no
        arrivals of other days.
        """
        if self.backfill is not None:
            return None
        silver = {table: snapshot for table, snapshot in outputs.items() if table[0] == SILVER}
        until = judged.days[-1].until if judged.days else None
        return SilverBuild(self.build_digest, self.inputs, silver, self.now, self.bronze_days, until)


def plan_run(
    catalog: Catalog,
    sql: TrinoSql,
    settings: NightlySettings,
    build_digest: str,
    run_date: dt.date,
    now: dt.datetime,
    backfill: DayRange | None,
) -> RunPlan:
    """Pin the inputs, and find out what is new in them since the last accepted run."""
    inputs = snapshots_of(catalog, BRONZE_NAMESPACE, INPUTS)
    build, in_bronze = last_build(catalog), bronze_days(catalog, inputs)
    first_day = run_date - dt.timedelta(days=settings.lookback_days)
    silver = snapshots_of(catalog, SILVER)
    window = _window(catalog, build, inputs, silver, build_digest, first_day, now, in_bronze)
    known = build.bronze_days if build and not backfill else {}
    gold_months: tuple[dt.date, ...] = ()
    if backfill:
        days = gold_days = backfill.days
    else:
        window, days = _touched(sql, settings.calendar, inputs, window, known, in_bronze)
        gold_days = with_restated(sql, inputs, silver, window.arrived_since, days)
        gold = snapshots_of(catalog, GOLD)
        gold_months = restated_months(sql, inputs, gold, window.arrived_since, settings.calendar.time_zone)
    left = rows_left_behind(known, in_bronze, days, settings.calendar.zone)
    since = _unjudged_since(catalog, build, settings.calendar)
    chunks = chunk_plan(
        catalog,
        inputs,
        silver,
        window if backfill is None else replace(window, is_silver_current=False),
        days,
        in_bronze,
        settings.calendar.zone,
        rows_per_chunk(settings.query_memory_bytes),
        build.pinned_at if build else None,
    )
    log.info("plan", start=str(window.start), new_since=str(window.new_since), days=len(days), chunked=sorted(chunks))
    return RunPlan(
        run_date=run_date,
        now=now,
        build_digest=build_digest,
        inputs=inputs,
        window=window,
        days=days,
        gold_days=gold_days,
        gold_months=gold_months,
        backfill=backfill,
        bronze_days=in_bronze,
        rows_left_behind=left,
        unjudged_since=since,
        chunks=chunks,
    )


def snapshots_of(catalog: Catalog, namespace: str, among: Collection[TableName] | None = None) -> dict[TableName, int]:
    """Current snapshot of every table in a namespace; with `among`, of these only."""
    names = None if among is None else {name for place, name in among if place == namespace}
    return {(namespace, name): snapshot for name, snapshot in current_snapshots(catalog, namespace, names).items()}


def _unjudged_since(catalog: Catalog, build: SilverBuild | None, calendar: Calendar) -> dt.date | None:
    """The first day that no accepted run has judged as a whole. Before the first one, what was refused counts."""
    if build and (judged_until := build.judged_until or build.pinned_at):
        return unjudged_from(judged_until, calendar)
    refused = (record.run_date for record in all_records(catalog) if record.action is Action.REFUSED)
    return min((day for day in refused if day), default=None)


def _window(
    catalog: Catalog,
    build: SilverBuild | None,
    inputs: Mapping[TableName, int],
    silver: Mapping[TableName, int],
    build_digest: str,
    first_day: dt.date,
    now: dt.datetime,
    in_bronze: BronzeDays,
) -> RunWindow:
    if build is None:
        return first_window()
    is_untouched = build.is_untouched(silver)
    is_same_build = build.build_digest == build_digest
    window = window_after(catalog, build, inputs, is_untouched and is_same_build, first_day, now, in_bronze)
    if not window.is_silver_current:
        log.info("silver_is_made_again", reason=_reason(is_same_build, is_untouched), from_day=str(window.start))
    return window


def _reason(is_same_build: bool, is_untouched: bool) -> str:
    """Why silver is not what a run would go on from, and what the run leaves as it was made."""
    if not is_same_build:
        return (
            "the dbt project, the calendar or the way its country writes phone numbers has changed; customers and"
            " billing are made again as a whole, events that arrived from that day on by their days, and older days"
            " only by a backfill (--from, --until)"
        )
    if not is_untouched:
        return "somebody has changed a table of silver since the last accepted run"
    return "what has arrived since the last accepted run can only be told by the day"


def _touched(
    sql: TrinoSql,
    calendar: Calendar,
    inputs: Mapping[TableName, int],
    window: RunWindow,
    known: BronzeDays,
    in_bronze: BronzeDays,
) -> tuple[RunWindow, tuple[dt.date, ...]]:
    """The window, and the event days that it touches. Days on which rows came or went that no arrival explains, because
    somebody deleted some for example, are made again as a whole.
    """
    zone, arrivals = calendar.zone, Arrivals(window.start, window.new_since)
    touched = days_arrived(sql, inputs, arrivals, calendar.time_zone) | event_days_of(window.utc_days, zone)
    if unexplained := days_left_behind(known, in_bronze, touched, zone):
        log.warning("rows_changed_without_arrivals", utc_days=sorted(str(day) for day in unexplained))
        window = replace(window, is_silver_current=False, utc_days=window.utc_days | unexplained)
        touched |= event_days_of(unexplained, zone)
    return window, tuple(sorted(touched))
