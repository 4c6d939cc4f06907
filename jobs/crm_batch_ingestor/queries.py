"""SQL statements for the source. Pure. Names come from the contract; the caller binds the values."""

import datetime as dt
from dataclasses import dataclass

from psycopg2 import sql

from contracts.batch_tables import SOURCE_TRANSACTION_COLUMN, UPDATED_AT_COLUMN, BatchTable
from jobs.crm_batch_ingestor.progress import Progress

# A row's xmin holds the low 32 bits of its writer's id. Every writer is older than the next id to be given out, so the
# newest 64-bit id below that one with the same low bits is the writer's. (Rows that were frozen 2^32 transactions ago
# may look newer than they are: they are read once more, which silver notices.)
_TRANSACTION_ID = sql.SQL(
    "(next_id - 1) - ((next_id - 1 - source.xmin::text::bigint) % 4294967296 + 4294967296) % 4294967296"
)
_NEXT_ID = sql.SQL("(select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_id) as clock")


@dataclass(frozen=True)
class Bounds:
    """Only rows at or after `updated_from` that `snapshot` did not see."""

    snapshot: str
    updated_from: dt.datetime | None


def bounds_after(progress: Progress | None, source_id: str, overlap: dt.timedelta) -> Bounds | None:
    """Bounds of the next read; None (read all) for a first run, or when the source is now another database."""
    if progress is None or progress.source_id != source_id:
        return None
    return Bounds(progress.snapshot, progress.watermark - overlap if progress.watermark else None)


def changed_rows(table: BatchTable, bounds: Bounds | None) -> sql.Composable:
    """Select of the source's columns and the writer's transaction id, for `COPY`."""
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.source_columns)
    return sql.SQL("select {columns}, {transaction} as {name} from {relation} as source, {clock}{where}").format(
        columns=columns,
        transaction=_TRANSACTION_ID,
        name=sql.Identifier(SOURCE_TRANSACTION_COLUMN),
        relation=_relation(table),
        clock=_NEXT_ID,
        where=_where(bounds),
    )


def all_keys(table: BatchTable) -> sql.Composable:
    """Select of the keys of all rows."""
    return sql.SQL("select {key} from {relation}").format(key=sql.Identifier(table.key), relation=_relation(table))


def table_exists(table: BatchTable) -> sql.Composable:
    """Whether there is such a table, whoever may read it."""
    name = sql.Literal(f"{table.source_schema}.{table.source_table}")
    return sql.SQL("select to_regclass({name}) is not null").format(name=name)


def _relation(table: BatchTable) -> sql.Composable:
    return sql.Identifier(table.source_schema, table.source_table)


def _where(bounds: Bounds | None) -> sql.Composable:
    if bounds is None:
        return sql.SQL("")
    unseen = sql.SQL("not pg_visible_in_snapshot(({id})::text::xid8, {snapshot}::pg_snapshot)").format(
        id=_TRANSACTION_ID, snapshot=sql.Literal(bounds.snapshot)
    )
    if bounds.updated_from is None:
        return sql.SQL(" where {unseen}").format(unseen=unseen)
    return sql.SQL(" where {updated_at} >= {updated_from} and {unseen}").format(
        updated_at=sql.Identifier(UPDATED_AT_COLUMN), updated_from=sql.Literal(bounds.updated_from), unseen=unseen
    )
