"""A bronze table of the CRM, as the ingestor uses it: the entries it has, and one commit for those that a run adds."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from contracts.batch_tables import (
    COMPARED_AT,
    EFFECTIVE_AT_COLUMN,
    HELD_BACK,
    ROW_DIGEST_COLUMN,
    ROWS_COMPARED,
    SOURCE_DELETED_COLUMN,
    UNREADABLE_COLUMN,
    BatchTable,
)
from contracts.iceberg_schema import iceberg_schema
from contracts.tables import INGESTED_AT_COLUMN
from jobs.crm_batch_ingestor.comparison import ENTRIES
from jobs.crm_batch_ingestor.fail_points import AFTER_COMMIT, AFTER_FILE_WRITE
from jobs.runtime.data_files import delete_data_files, write_data_files
from jobs.runtime.fail_points import reach
from jobs.runtime.iceberg import load_or_create, single_attempt, with_new_columns
from jobs.runtime.table_batches import table_batches

# Rows in memory between reading and writing; a file of them has a tenth of that.
FILE_BYTES_IN_MEMORY = 32 * 2**20


class OvertakenRunError(Exception):
    """Somebody else changed the bronze table while the run compared it with the source."""


@dataclass
class Look:
    """A run's look at a table of the source: when, at how many rows, and how many are held back, by reason."""

    at: datetime
    rows: int = 0
    held_back: Counter[str] = field(default_factory=Counter)

    def properties(self) -> dict[str, str]:
        """As the bronze table keeps it."""
        held_back = {reason: count for reason, count in sorted(self.held_back.items()) if count}
        return {COMPARED_AT: self.at.isoformat(), ROWS_COMPARED: str(self.rows), HELD_BACK: json.dumps(held_back)}


class BronzeLog:
    """The append-only log of one source table, as it was when the run loaded it."""

    def __init__(self, catalog: Catalog, table: BatchTable) -> None:
        self._contract = table
        self._table = single_attempt(_open(catalog, table))

    def entries(self) -> Iterator[pa.RecordBatch]:
        """What the comparison has to know of every entry, in batches of the schema `ENTRIES`."""
        columns = (
            self._contract.key,
            ROW_DIGEST_COLUMN,
            UNREADABLE_COLUMN,
            SOURCE_DELETED_COLUMN,
            EFFECTIVE_AT_COLUMN,
            INGESTED_AT_COLUMN,
        )
        for batch in table_batches(self._table.scan(selected_fields=columns)):
            yield pa.record_batch(
                [batch.column(name).cast(field.type) for name, field in zip(columns, ENTRIES, strict=True)],
                schema=ENTRIES,
            )

    def append(self, parts: Iterable[pa.Table], looked: Look) -> None:
        """Add all rows of `parts` in one commit, or none, and note what the run found; without rows, only that.

        `looked` is complete when the last of the `parts` has been taken.

        Raises `OvertakenRunError` if the table has changed since it was loaded.
        """
        files: list[DataFile] = []
        try:
            for rows in _in_files(parts):
                files += write_data_files(self._table, rows)
                reach(AFTER_FILE_WRITE)
            self._commit(files, looked)
            reach(AFTER_COMMIT)
        except CommitFailedException as error:
            delete_data_files(self._table, files)
            raise OvertakenRunError(
                f"table {'.'.join(self._contract.identifier)} was changed by somebody else during the run "
                f"({error}); nothing was added to it. Run again."
            ) from error

    def _commit(self, files: Sequence[DataFile], looked: Look) -> None:
        with self._table.transaction() as transaction:
            transaction.set_properties(looked.properties())
            if files:
                with transaction.update_snapshot().fast_append() as snapshot:
                    for file in files:
                        snapshot.append_data_file(file)


def _in_files(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(part)
        if sum(rows.nbytes for rows in waiting) >= FILE_BYTES_IN_MEMORY:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _open(catalog: Catalog, table: BatchTable) -> Table:
    catalog.create_namespace_if_not_exists(table.namespace)
    schema = iceberg_schema(table)
    return with_new_columns(load_or_create(catalog, table.identifier, schema), schema)
