"""Row versions and tombstones as bronze holds them. Pure Arrow."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_tables import (
    BATCH_ID_COLUMN,
    EFFECTIVE_AT_COLUMN,
    ROW_DIGEST_COLUMN,
    SOURCE_DELETED_COLUMN,
    SOURCE_TRANSACTION_COLUMN,
    UPDATED_AT_COLUMN,
    BatchTable,
)
from contracts.tables import INGESTED_AT_COLUMN

_TIMESTAMP = pa.timestamp("us", tz="UTC")
JUST_AFTER = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Batch:
    """One run of the ingestor."""

    batch_id: str
    at: dt.datetime

    def after(self, newest_run: dt.datetime | None) -> "Batch":
        """The same run, later than the newest one in the table even if the clock was set back since then."""
        return self if newest_run is None else Batch(self.batch_id, max(self.at, newest_run + JUST_AFTER))


def versions(table: BatchTable, rows: pa.Table, changed: pa.RecordBatch, batch: Batch) -> pa.Table:
    """`rows` of the source as versions. `changed` has their keys, and since when the version before held."""
    position = pc.index_in(rows.column(table.key), value_set=changed.column("key"))
    known = {name: rows.column(name) for name in rows.column_names}
    held_since = changed.column("held_since").take(position.combine_chunks()).cast(_TIMESTAMP)
    known[EFFECTIVE_AT_COLUMN] = effective_at(rows.column(UPDATED_AT_COLUMN), held_since, batch.at)
    return _complete(table, known, rows.num_rows, False, batch)


def tombstones(table: BatchTable, keys: pa.Array, batch: Batch) -> pa.Table:
    """One row per key that says that it is gone; all but the key and the ingest columns are null."""
    moments = pa.array([batch.at] * len(keys), _TIMESTAMP)
    return _complete(table, {table.key: keys, EFFECTIVE_AT_COLUMN: moments}, len(keys), True, batch)


def effective_at(updated_at: pa.ChunkedArray, held_since: pa.Array, run_at: dt.datetime) -> pa.ChunkedArray:
    """Since when versions hold: `updated_at` if it lies after the version before and not after the run.

    Otherwise (a stamp of the future, of before the former version, or none) all that is known is that the run found it.
    """
    run = pa.scalar(run_at, updated_at.type)
    is_past = pc.less_equal(updated_at, run)
    is_later = pc.or_kleene(pc.is_null(held_since), pc.greater(updated_at, held_since))
    return pc.if_else(pc.fill_null(pc.and_kleene(is_past, is_later), False), updated_at, run)


def _complete(table: BatchTable, known: dict[str, pa.Array], count: int, is_deleted: bool, batch: Batch) -> pa.Table:
    schema = bronze_arrow_schema(table)
    ingest = {
        SOURCE_TRANSACTION_COLUMN: pa.nulls(count, pa.int64()),
        SOURCE_DELETED_COLUMN: pa.array([is_deleted] * count, pa.bool_()),
        ROW_DIGEST_COLUMN: pa.nulls(count, pa.string()),
        BATCH_ID_COLUMN: pa.array([batch.batch_id] * count, pa.string()),
        INGESTED_AT_COLUMN: pa.array([batch.at] * count, schema.field(INGESTED_AT_COLUMN).type),
    }
    columns = ingest | known
    return pa.table(
        [columns[field.name] if field.name in columns else pa.nulls(count, field.type) for field in schema],
        schema=schema,
    )
