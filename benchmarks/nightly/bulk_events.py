"""Millions of events in bronze, from a day of the model's traffic: its rows again and again, under ids of their own.

Copies keep what the rows are (shares of duplicates and of broken rows, people, towers), and arrive one commit after the
other, as a sink's would. The ledger knows nothing of them.
"""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import Table

ROWS_PER_COMMIT = 250_000
COMMIT_INTERVAL = dt.timedelta(seconds=5)
_OFFSETS_PER_COPY = 10_000_000


def add_copies(table: Table, of_day: dt.date, row_count: int) -> None:
    """Append `row_count` rows made of those that the table has of that day (UTC)."""
    model = table.scan().to_arrow()
    model = model.filter(pc.equal(pc.cast(model["event_time"], pa.date32()), pa.scalar(of_day)))
    first_arrival = pc.max(model["_bronze_ingested_at"]).as_py()
    copies = iter(range(1, row_count))
    for commit, first in enumerate(range(0, row_count, ROWS_PER_COMMIT), start=1):
        wanted = min(ROWS_PER_COMMIT, row_count - first)
        parts = [_copy(model, next(copies)) for _ in range(-(-wanted // model.num_rows))]
        rows = pa.concat_tables(parts).slice(0, wanted)
        arrival = pa.scalar(first_arrival + commit * COMMIT_INTERVAL, rows.schema.field("_bronze_ingested_at").type)
        table.append(_with_column(rows, "_bronze_ingested_at", pa.repeat(arrival, wanted)))


def _copy(model: pa.Table, number: int) -> pa.Table:
    ids = pc.binary_join_element_wise(model["event_id"], pa.scalar(f"{number:x}"), "~")
    offsets = pc.add(model["_kafka_offset"], number * _OFFSETS_PER_COPY)
    return _with_column(_with_column(model, "event_id", ids), "_kafka_offset", offsets)


def _with_column(rows: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    position = rows.schema.get_field_index(name)
    return rows.set_column(position, rows.schema.field(position), values)
