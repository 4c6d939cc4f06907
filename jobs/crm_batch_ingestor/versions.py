"""Row versions and tombstones as bronze holds them. Pure Arrow."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_tables import (
    BATCH_ID_COLUMN,
    SOURCE_DELETED_COLUMN,
    SOURCE_TRANSACTION_COLUMN,
    UPDATED_AT_COLUMN,
    BatchTable,
)
from contracts.tables import INGESTED_AT_COLUMN


@dataclass(frozen=True)
class Batch:
    """One run of the ingestor."""

    batch_id: str
    at: dt.datetime


def versions(table: BatchTable, rows: pa.Table, batch: Batch) -> pa.Table:
    """`rows` of the source with the ingest columns, in the bronze table's schema."""
    return _complete(table, {name: rows.column(name) for name in rows.column_names}, rows.num_rows, False, batch)


def tombstones(table: BatchTable, keys: pa.Array, batch: Batch) -> pa.Table:
    """One row per key that says that it is gone; all but the key and the ingest columns are null."""
    return _complete(table, {table.key: keys}, len(keys), True, batch)


def existing_keys(table: BatchTable, log: pa.Table) -> pa.Array:
    """Keys whose newest entry in the bronze log is not a tombstone.

    `log` has the columns key, `_source_deleted` and `_bronze_ingested_at`.
    """
    newest = log.group_by([table.key, SOURCE_DELETED_COLUMN]).aggregate([(INGESTED_AT_COLUMN, "max")])
    is_tombstone = newest.column(SOURCE_DELETED_COLUMN)
    born = newest.filter(pc.invert(is_tombstone)).select([table.key, f"{INGESTED_AT_COLUMN}_max"])
    gone = newest.filter(is_tombstone).select([table.key, f"{INGESTED_AT_COLUMN}_max"])
    both = born.join(gone, table.key, join_type="left outer", right_suffix="_gone")
    gone_at = both.column(f"{INGESTED_AT_COLUMN}_max_gone")
    is_alive = pc.or_kleene(pc.is_null(gone_at), pc.greater(both.column(f"{INGESTED_AT_COLUMN}_max"), gone_at))
    return both.filter(is_alive).column(table.key).combine_chunks()


def missing_keys(known: pa.Array, present: pa.Array) -> pa.Array:
    """Keys of `known` that are not in `present`."""
    return known.filter(pc.invert(pc.is_in(known, value_set=present)))


def newest_update(rows: pa.Table) -> dt.datetime | None:
    """Greatest `updated_at`, None without rows."""
    newest: dt.datetime | None = pc.max(rows.column(UPDATED_AT_COLUMN)).as_py()
    return newest


def _complete(table: BatchTable, known: dict[str, pa.Array], count: int, is_deleted: bool, batch: Batch) -> pa.Table:
    schema = bronze_arrow_schema(table)
    ingest = {
        SOURCE_TRANSACTION_COLUMN: pa.nulls(count, pa.int64()),
        SOURCE_DELETED_COLUMN: pa.array([is_deleted] * count, pa.bool_()),
        BATCH_ID_COLUMN: pa.array([batch.batch_id] * count, pa.string()),
        INGESTED_AT_COLUMN: pa.array([batch.at] * count, schema.field(INGESTED_AT_COLUMN).type),
    }
    columns = ingest | known
    return pa.table(
        [columns[field.name] if field.name in columns else pa.nulls(count, field.type) for field in schema],
        schema=schema,
    )
