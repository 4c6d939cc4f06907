"""Reads the source database: one repeatable-read snapshot for all tables; COPY brings rows straight into Arrow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_tables import SOURCE_TRANSACTION_COLUMN, BatchTable
from jobs.crm_batch_ingestor.queries import Bounds, all_keys, changed_rows, table_exists


@dataclass(frozen=True)
class SourceSnapshot:
    """One consistent view of the database: invoices and their lines are read as of the same moment."""

    connection: Connection
    source_id: str
    snapshot: str

    def has(self, table: BatchTable) -> bool:
        """Whether the table exists."""
        with self.connection.cursor() as cursor:
            cursor.execute(table_exists(table))
            return cursor.fetchone() == (True,)

    def changed_rows(self, table: BatchTable, bounds: Bounds | None) -> pa.Table:
        """Row versions inside `bounds`: source columns and the writer's transaction id."""
        schema = bronze_arrow_schema(table)
        names = [*(column.name for column in table.source_columns), SOURCE_TRANSACTION_COLUMN]
        return self._copy(changed_rows(table, bounds), {name: schema.field(name).type for name in names})

    def keys(self, table: BatchTable) -> pa.Array:
        """Keys of all rows."""
        return self._copy(all_keys(table), {table.key: pa.string()}).column(0).combine_chunks()

    def _copy(self, query: sql.Composable, types: dict[str, pa.DataType]) -> pa.Table:
        buffer = BytesIO()
        with self.connection.cursor() as cursor:
            cursor.copy_expert(sql.SQL("copy ({}) to stdout (format csv)").format(query), buffer)
        if buffer.tell() == 0:
            return pa.schema(list(types.items())).empty_table()
        buffer.seek(0)
        return pa_csv.read_csv(
            buffer,
            read_options=pa_csv.ReadOptions(column_names=list(types)),
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


@contextmanager
def source_snapshot(connection: Connection) -> Iterator[SourceSnapshot]:
    """A read-only transaction whose view of the database does not move."""
    connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("select system_identifier::text, pg_current_snapshot()::text from pg_control_system()")
        row = cursor.fetchone()
        if row is None:
            raise RuntimeError("pg_control_system() answered no row")
        yield SourceSnapshot(connection, row[0], row[1])
