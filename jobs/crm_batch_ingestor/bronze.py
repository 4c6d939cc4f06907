"""A bronze table of the CRM, as the ingestor uses it: its progress, known keys, one commit for rows and progress."""

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.batch_tables import SOURCE_DELETED_COLUMN, BatchTable
from contracts.iceberg_schema import iceberg_schema
from contracts.tables import INGESTED_AT_COLUMN
from jobs.crm_batch_ingestor.progress import Progress, progress_of
from jobs.runtime.iceberg import load_or_create, with_new_columns


class BronzeLog:
    """The append-only log of one source table."""

    def __init__(self, catalog: Catalog, table: BatchTable) -> None:
        self._contract = table
        self._table = _open(catalog, table)

    @property
    def progress(self) -> Progress | None:
        """How far it has come; None before the first run."""
        return progress_of(self._table.properties)

    def entries(self) -> pa.Table:
        """Key, tombstone mark and time of every entry."""
        columns = (self._contract.key, SOURCE_DELETED_COLUMN, INGESTED_AT_COLUMN)
        return self._table.scan(selected_fields=columns).to_arrow()

    def append(self, rows: pa.Table, progress: Progress) -> None:
        """Add `rows` and note `progress` in one commit: a crash leaves both or neither."""
        with self._table.transaction() as transaction:
            if rows.num_rows:
                transaction.append(rows)
            transaction.set_properties(progress.encode())


def _open(catalog: Catalog, table: BatchTable) -> Table:
    catalog.create_namespace_if_not_exists(table.namespace)
    schema = iceberg_schema(table)
    return with_new_columns(load_or_create(catalog, table.identifier, schema), schema)
