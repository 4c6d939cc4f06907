"""Reads an Iceberg table in batches, one data file after the other."""

from collections.abc import Iterator

import pyarrow as pa
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.table import DataScan


def table_batches(scan: DataScan) -> Iterator[pa.RecordBatch]:
    """Batches of a scan; at any time the memory holds the selected columns of one file.

    pyiceberg's own batch reader starts to read all files at once, and keeps what the consumer has not asked for yet.
    """
    reader = ArrowScan(scan.table_metadata, scan.io, scan.projection(), scan.row_filter, scan.case_sensitive)
    for task in scan.plan_files():
        yield from reader.to_record_batches([task])
