"""Reads the source database: one repeatable-read snapshot for all tables, in bounded pieces."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_tables import ROW_DIGEST_COLUMN, SOURCE_TRANSACTION_COLUMN, UNREADABLE_COLUMN, BatchTable
from jobs.crm_batch_ingestor.comparison import DIGESTS
from jobs.crm_batch_ingestor.queries import COLUMNS, key_digests, rows_of_keys
from jobs.crm_batch_ingestor.source_schema import SourceColumn

DIGESTS_AT_ONCE = 20_000
MIN_BLOCK_BYTES = 2**20
MAX_BLOCK_BYTES = 2**31 - 1


class OtherRunError(Exception):
    """Another run of the ingestor reads this source for the same lake."""


class UnknownEncodingError(Exception):
    """The database does not say in which encoding its texts are."""


@dataclass(frozen=True)
class SourceSnapshot:
    """One consistent view of the database: invoices and their lines are read as of the same moment."""

    connection: Connection

    def columns(self, tables: Iterable[BatchTable]) -> list[SourceColumn]:
        """Columns of all tables in the schemas of `tables`, as far as the user may read them."""
        schemas = sorted({table.source_schema for table in tables})
        with self.connection.cursor() as cursor:
            cursor.execute(COLUMNS, (schemas,))
            return [SourceColumn(*row) for row in cursor.fetchall()]

    def digests(self, table: BatchTable) -> Iterator[pa.RecordBatch]:
        """Key and digest of every row, in batches, from a cursor that the server keeps."""
        with self.connection.cursor(name="digests") as cursor:
            cursor.execute(key_digests(table))
            while rows := cursor.fetchmany(DIGESTS_AT_ONCE):
                yield pa.record_batch([list(column) for column in zip(*rows, strict=True)], schema=DIGESTS)

    def rows(self, table: BatchTable, keys: Sequence[str]) -> pa.Table:
        """The rows with these keys: source columns, the writer's transaction id, the digest and the values that cannot
        be read. COPY fills Arrow.
        """
        schema = bronze_arrow_schema(table)
        names = [column.name for column in table.source_columns]
        further = (SOURCE_TRANSACTION_COLUMN, ROW_DIGEST_COLUMN, UNREADABLE_COLUMN)
        types = {name: schema.field(name).type for name in (*names, *further)}
        return _copy(self.connection, rows_of_keys(table, keys), types)


@contextmanager
def source_snapshot(connection: Connection, reader: str) -> Iterator[SourceSnapshot]:
    """A read-only transaction whose view of the database does not move.

    Raises `OtherRunError` while another one with the same `reader` is open: of two runs, the one with the older view
    would put back what the other one has brought. Raises `UnknownEncodingError`.
    """
    connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
    connection.set_client_encoding("UTF8")
    with connection, connection.cursor() as cursor:
        _know_the_encoding(cursor)
        # A row's text, of which its digest is made, must not depend on how the server is set up.
        cursor.execute("set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local extra_float_digits = 1")
        _be_the_only_one(cursor, reader)
        yield SourceSnapshot(connection)


def _know_the_encoding(cursor: Cursor) -> None:
    cursor.execute("show server_encoding")
    if cursor.fetchone() == ("SQL_ASCII",):
        raise UnknownEncodingError(
            "the CRM's database has the encoding SQL_ASCII, so nobody knows what its bytes mean. Nothing was read. "
            "Copy it into a database with the encoding UTF8."
        )


def _be_the_only_one(cursor: Cursor, reader: str) -> None:
    # The server lets go of it when the transaction ends, however that happens.
    cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"crm-batch-ingestor/{reader}",))
    if cursor.fetchone() != (True,):
        raise OtherRunError(
            f"another run of the ingestor is reading this database for {reader}. Let it end, then run again."
        )


def _copy(connection: Connection, query: sql.Composable, types: dict[str, pa.DataType]) -> pa.Table:
    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(sql.SQL("copy ({}) to stdout (format csv)").format(query), buffer)
    if buffer.tell() == 0:
        return pa.schema(list(types.items())).empty_table()
    # One row must not be longer than a block.
    block_bytes = min(max(MIN_BLOCK_BYTES, buffer.tell()), MAX_BLOCK_BYTES)
    buffer.seek(0)
    return pa_csv.read_csv(
        buffer,
        read_options=pa_csv.ReadOptions(column_names=list(types), block_size=block_bytes),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            # COPY writes null as nothing and an empty string as "".
            quoted_strings_can_be_null=False,
        ),
    )
