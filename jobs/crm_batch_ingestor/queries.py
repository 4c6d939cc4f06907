"""SQL statements for the source. Pure. Names come from the contract; values are literals that psycopg2 quotes."""

from collections.abc import Iterable, Sequence

from psycopg2 import sql

from contracts.batch_tables import ROW_DIGEST_COLUMN, SOURCE_TRANSACTION_COLUMN, UNREADABLE_COLUMN, BatchTable
from contracts.tables import Column
from jobs.crm_batch_ingestor.readable_values import readable, unreadable_values

# A row's xmin holds the low 32 bits of its writer's id. Every writer is older than the next id to be given out, so the
# newest 64-bit id below that one with the same low bits is the writer's.
_TRANSACTION_ID = sql.SQL(
    "(next_id - 1) - ((next_id - 1 - source.xmin::text::bigint) % 4294967296 + 4294967296) % 4294967296"
)
_NEXT_ID = sql.SQL("(select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_id) as clock")
# 128 bits of SHA-256: two versions of a row that differ have the same digest by no chance worth a thought.
DIGEST_HEX_DIGITS = 32
COLUMNS = (
    "select table_schema, table_name, column_name, data_type from information_schema.columns"
    " where table_schema = any(%s) order by table_schema, table_name, ordinal_position"
)


def key_digests(table: BatchTable) -> sql.Composable:
    """Select of key and digest of all rows."""
    return sql.SQL("select {key}, {digest} from {relation} as source").format(
        key=_column(table.key), digest=_digest(table), relation=_relation(table)
    )


def rows_of_keys(table: BatchTable, keys: Sequence[str]) -> sql.Composable:
    """Select of the source's columns, the writer's transaction id, the digest and the values that cannot be read, of
    the rows with these keys.
    """
    return sql.SQL(
        "select {columns}, {transaction} as {transaction_name}, {digest} as {digest_name},"
        " {unreadable} as {unreadable_name} from {relation} as source"
        " join unnest({keys}::text[]) as wanted (key) on wanted.key = source.{key}, {clock}"
    ).format(
        columns=sql.SQL(", ").join(readable(column, _column(column.name)) for column in table.source_columns),
        transaction=_TRANSACTION_ID,
        transaction_name=sql.Identifier(SOURCE_TRANSACTION_COLUMN),
        digest=_digest(table),
        digest_name=sql.Identifier(ROW_DIGEST_COLUMN),
        unreadable=unreadable_values(_columns_in_source(table.source_columns)),
        unreadable_name=sql.Identifier(UNREADABLE_COLUMN),
        relation=_relation(table),
        keys=sql.Literal(list(keys)),
        key=sql.Identifier(table.key),
        clock=_NEXT_ID,
    )


def _digest(table: BatchTable) -> sql.Composable:
    """A row's text quotes what needs it and tells null from empty: rows that differ in a value differ in their text."""
    columns = sql.SQL(", ").join(_column(column.name) for column in table.source_columns)
    return sql.SQL("left(encode(sha256(convert_to(row({columns})::text, 'UTF8')), 'hex'), {digits})").format(
        columns=columns, digits=sql.Literal(DIGEST_HEX_DIGITS)
    )


def _columns_in_source(columns: Iterable[Column]) -> dict[Column, sql.Composable]:
    return {column: _column(column.name) for column in columns}


def _column(name: str) -> sql.Composable:
    return sql.SQL("source.{}").format(sql.Identifier(name))


def _relation(table: BatchTable) -> sql.Composable:
    return sql.Identifier(table.source_schema, table.source_table)
