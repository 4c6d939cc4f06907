"""One run: every table, from one snapshot of the source."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.catalog import Catalog

from contracts.batch_tables import BatchTable
from jobs.crm_batch_ingestor.bronze import BronzeLog
from jobs.crm_batch_ingestor.progress import Progress
from jobs.crm_batch_ingestor.queries import bounds_after
from jobs.crm_batch_ingestor.source import SourceSnapshot
from jobs.crm_batch_ingestor.versions import Batch, existing_keys, missing_keys, newest_update, tombstones, versions


@dataclass(frozen=True)
class Ingested:
    """What a run added to one table."""

    table: str
    changed: int
    deleted: int


def ingest_all(
    source: SourceSnapshot, catalog: Catalog, tables: Iterable[BatchTable], batch: Batch, overlap: dt.timedelta
) -> Iterator[Ingested]:
    """Ingest `tables` one after the other. Each commits by itself, so the next run goes on where one was cut short.

    An optional table that the source does not have is left out.
    """
    for table in tables:
        if table.is_optional and not source.has(table):
            continue
        yield ingest_table(source, BronzeLog(catalog, table), table, batch, overlap)


def ingest_table(
    source: SourceSnapshot, log: BronzeLog, table: BatchTable, batch: Batch, overlap: dt.timedelta
) -> Ingested:
    """Append what changed since the last run, and tombstones for what is gone.

    Without a change it commits nothing, so that a rerun leaves the table as it is.
    """
    previous = log.progress
    rows = source.changed_rows(table, bounds_after(previous, source.source_id, overlap))
    deleted = missing_keys(existing_keys(table, log.entries()), source.keys(table))
    if rows.num_rows or len(deleted) or previous is None:
        added = pa.concat_tables([versions(table, rows, batch), tombstones(table, deleted, batch)])
        progress = Progress(source.source_id, source.snapshot, previous.watermark if previous else None)
        log.append(added, progress.advanced(newest_update(rows)))
    return Ingested(table.name, rows.num_rows, len(deleted))
