"""How many rows bronze has for each day of its partitions (UTC), by Iceberg's metadata: no data file is opened.

Rows that were deleted merge-on-read count no more: delete files tell how many positions they take out. Compaction that
leaves such a file behind lets a day look smaller than it is, so that it is made once more; it is the same day then.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFileContent, ManifestContent, ManifestFile
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform
from pyiceberg.types import IntegerType
from pyiceberg.utils.datetime import days_to_date

from jobs.nightly.audited_run import TableName
from jobs.nightly.touched_days import SILVER_TABLE_BY_TOPIC

log = structlog.get_logger()
EVENT_TIME = "event_time"
TABLES_AT_ONCE = 4
# Rows by UTC day, by table.
BronzeDays = Mapping[str, Mapping[dt.date, int]]


def bronze_days(catalog: Catalog, inputs: Mapping[TableName, int]) -> dict[str, dict[dt.date, int]]:
    """Rows by day of the event tables that become silver, in these snapshots.

    A table that is, or once was, not partitioned by day is left out.
    """
    tables = [name for name in inputs if name[1] in SILVER_TABLE_BY_TOPIC]
    with ThreadPoolExecutor(TABLES_AT_ONCE, thread_name_prefix="days") as pool:
        counted = pool.map(lambda name: _rows_by_day(catalog.load_table(name), inputs[name]), tables)
        return {name[1]: days for name, days in zip(tables, counted, strict=True) if days is not None}


def changed_days(known: BronzeDays, now: BronzeDays) -> set[dt.date]:
    """Days whose number of rows is another in one of the tables, and is not zero now: a day that was removed as a
    whole has been retired on purpose, and what was made of it stays.
    """
    return {
        day for table, days in now.items() for day, count in days.items() if known.get(table, {}).get(day, 0) != count
    }


def rows_left_behind(
    known: BronzeDays, now: BronzeDays, touched_days: Collection[dt.date], zone: dt.tzinfo
) -> dict[str, int]:
    """By table, how many rows came or went since `known` on days that share no instant with one of `touched_days`.

    A table of which nothing is known is left out.
    """
    return {
        table: sum(abs(days[day] - known[table].get(day, 0)) for day in left)
        for table, days, left in _left_behind(known, now, frozenset(touched_days), zone)
    }


def days_left_behind(
    known: BronzeDays, now: BronzeDays, touched_days: Collection[dt.date], zone: dt.tzinfo
) -> frozenset[dt.date]:
    """The UTC days of those rows."""
    found = _left_behind(known, now, frozenset(touched_days), zone)
    return frozenset(day for _, _, left in found for day in left)


def event_days_of(utc_days: Iterable[dt.date], zone: dt.tzinfo) -> set[dt.date]:
    """The days of a calendar that share an instant with these UTC days."""
    return {
        dt.datetime.combine(day, time, dt.UTC).astimezone(zone).date()
        for day in utc_days
        for time in (dt.time.min, dt.time.max)
    }


def _left_behind(
    known: BronzeDays, now: BronzeDays, touched: frozenset[dt.date], zone: dt.tzinfo
) -> Iterator[tuple[str, Mapping[dt.date, int], set[dt.date]]]:
    for table, days in now.items():
        if table in known:
            changed = changed_days({table: known[table]}, {table: days})
            yield table, days, {day for day in changed if not event_days_of([day], zone) & touched}


def _rows_by_day(table: Table, snapshot_id: int) -> dict[dt.date, int] | None:
    snapshot = table.snapshot_by_id(snapshot_id)
    if snapshot is None:
        return None
    rows: Counter[int] = Counter()
    for manifest in snapshot.manifests(table.io):
        position = _position_of_day(table, manifest.partition_spec_id)
        if position is None:
            return None
        is_data = manifest.content == ManifestContent.DATA
        for day, count in _counts(table, manifest, position) if is_data else _deleted(table, manifest, position):
            rows[day] += count
    return {days_to_date(day): count for day, count in sorted(rows.items()) if count > 0}


def _position_of_day(table: Table, spec_id: int) -> int | None:
    event_time = table.schema().find_field(EVENT_TIME).field_id
    fields = table.specs()[spec_id].fields
    found = (
        position
        for position, field in enumerate(fields)
        if field.source_id == event_time and isinstance(field.transform, DayTransform)
    )
    return next(found, None)


def _counts(table: Table, manifest: ManifestFile, position: int) -> Iterator[tuple[int, int]]:
    """Days since the epoch and rows. Most manifests are of one day and say so; only others have to be opened."""
    bounds = (manifest.partitions or [])[position : position + 1]
    if bounds and bounds[0].lower_bound and bounds[0].lower_bound == bounds[0].upper_bound:
        day = int(from_bytes(IntegerType(), bounds[0].lower_bound))
        yield day, (manifest.added_rows_count or 0) + (manifest.existing_rows_count or 0)
        return
    for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
        yield int(entry.data_file.partition[position]), entry.data_file.record_count


def _deleted(table: Table, manifest: ManifestFile, position: int) -> Iterator[tuple[int, int]]:
    """Days since the epoch and rows taken out, as negative numbers. How many rows an equality takes out, no metadata
    tells: no engine of ours writes one.
    """
    for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
        file = entry.data_file
        if file.content == DataFileContent.POSITION_DELETES:
            yield int(file.partition[position]), -file.record_count
        else:
            log.warning("deletes_not_counted", table=".".join(table.name()), file=file.file_path)
