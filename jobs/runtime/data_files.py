"""Parquet files of a table, written before the commit that makes them visible, and removed if it never comes."""

from collections.abc import Iterable
from uuid import uuid4

import pyarrow as pa
import structlog
from pyiceberg.io.pyarrow import _dataframe_to_data_files
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

log = structlog.get_logger()


def write_data_files(table: Table, rows: pa.Table) -> tuple[DataFile, ...]:
    """Write rows as Parquet, a file per partition (day), and return what a commit needs to know about them."""
    if rows.num_rows == 0:
        return ()
    # pyiceberg takes this step inside `append` only; on its own, a retried commit need not write the files again.
    return tuple(_dataframe_to_data_files(table.metadata, rows, table.io, write_uuid=uuid4()))


def delete_data_files(table: Table, files: Iterable[DataFile]) -> None:
    """Remove files that no snapshot refers to; a failure leaves an orphan, which maintenance removes."""
    for file in files:
        try:
            table.io.delete(file.file_path)
        except OSError as error:
            log.warning("an orphaned data file is left behind", file=file.file_path, error=str(error))
