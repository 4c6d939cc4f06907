"""Which chunks silver is made in: by arrival where it takes new rows, by event day where it makes whole days."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from pyiceberg.catalog import Catalog

from contracts.tables import BRONZE_NAMESPACE
from jobs.nightly.arrivals import UnknownArrivalsError, all_arrivals
from jobs.nightly.audited_run import TableName
from jobs.nightly.bronze_days import BronzeDays, event_days_of
from jobs.nightly.chunks import ArrivalChunk, DayChunk, chunks_of_arrivals, chunks_of_days, old_until
from jobs.nightly.run_window import RunWindow
from jobs.nightly.silver_build import SILVER
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

# What Trino holds for each row of a chunk, at most: its id in a set, and its hash in a count of hashes (measured with
# benchmarks/nightly), twice over for what a busy statement holds beside them.
BYTES_PER_ROW = 512
# How far a sink's clock may be ahead of that of the run before.
CLOCK_SKEW = dt.timedelta(minutes=5)
# What dbt is told of each bronze table: the kind of its chunks, and the chunks.
ChunkPlan = Mapping[str, Mapping[str, Any]]


def rows_per_chunk(query_memory_bytes: int) -> int:
    """How many rows one statement may work on, by what the engine lets a query hold."""
    return max(1, query_memory_bytes // BYTES_PER_ROW)


def chunk_plan(
    catalog: Catalog,
    inputs: Mapping[TableName, int],
    silver: Collection[TableName],
    window: RunWindow,
    days: Collection[dt.date],
    in_bronze: BronzeDays,
    zone: dt.tzinfo,
    rows_each: int,
    last_pinned_at: dt.datetime | None,
) -> ChunkPlan:
    """Chunks of every bronze event table in `inputs` that has more rows to work on than fit into one.

    Silver's tables in `silver` exist. What they have arrived before `last_pinned_at`.
    """
    plan: dict[str, Mapping[str, Any]] = {}
    for table, name in SILVER_TABLE_BY_TOPIC.items():
        bronze = (BRONZE_NAMESPACE, table)
        if bronze not in inputs:
            continue
        if (SILVER, name) not in silver:
            planned = _of_everything(catalog, bronze, inputs[bronze], rows_each)
        elif window.new_since is not None:
            cut = chunks_of_arrivals(window.arrived.get(bronze, ()), rows_each)
            planned = _told("arrivals", _in_two(cut, last_pinned_at) if is_cut(cut) else ())
        else:
            of_days = chunks_of_days(days, rows_by_event_day(in_bronze.get(table, {}), zone), rows_each)
            planned = _told("days", of_days)
        if planned:
            plan[table] = planned
    return plan


def rows_by_event_day(by_utc_day: Mapping[dt.date, int], zone: dt.tzinfo) -> Mapping[dt.date, int]:
    """For each day of a calendar, how many rows it has at most."""
    rows: Counter[dt.date] = Counter()
    for day, count in by_utc_day.items():
        for event_day in event_days_of([day], zone):
            rows[event_day] += count
    return rows


def _of_everything(catalog: Catalog, bronze: TableName, snapshot: int, rows_each: int) -> Mapping[str, Any] | None:
    try:
        chunks = chunks_of_arrivals(all_arrivals(catalog, bronze, snapshot), rows_each)
    except UnknownArrivalsError:
        return None
    return _told("all", chunks)


def is_cut(chunks: Collection[ArrivalChunk | DayChunk]) -> bool:
    """True if they are more than one statement."""
    return sum(chunk.slices for chunk in chunks) > 1


def _in_two(chunks: Collection[ArrivalChunk], last_pinned_at: dt.datetime | None) -> Collection[ArrivalChunk]:
    """Where nobody noted when the last run was, any row may have to stand in for one that silver has."""
    known = last_pinned_at + CLOCK_SKEW if last_pinned_at else dt.datetime.max.replace(tzinfo=dt.UTC)
    return old_until(chunks, known)


def _told(kind: str, chunks: Collection[ArrivalChunk | DayChunk]) -> Mapping[str, Any] | None:
    """What dbt is told; None if there is nothing to cut."""
    return {"kind": kind, "chunks": [_as_setting(chunk) for chunk in chunks]} if is_cut(chunks) else None


def _as_setting(chunk: ArrivalChunk | DayChunk) -> Mapping[str, Any]:
    if isinstance(chunk, DayChunk):
        return {"days": [str(day) for day in chunk.days], "slices": chunk.slices}
    return {
        "since": _utc(chunk.since),
        "until": _utc(chunk.until),
        "slices": chunk.slices,
        "is_new": chunk.is_new,
    }


def _utc(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}" if moment else ""
