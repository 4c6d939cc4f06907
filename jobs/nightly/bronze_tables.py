"""The bronze tables that a run needs as inputs, whether anything has arrived in them or not."""

from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.arrow_schema import bronze_arrow_schema
from contracts.batch_tables import BATCH_TABLES
from contracts.iceberg_schema import iceberg_schema, partition_spec
from contracts.tables import BRONZE_NAMESPACE, BRONZE_TABLE_BY_TOPIC, TableColumns
from jobs.runtime.iceberg import load_or_create, with_new_columns

# What a run reads of bronze. Other tables there are somebody else's.
INPUTS = frozenset(
    [table.identifier for table in BRONZE_TABLE_BY_TOPIC.values()] + [table.identifier for table in BATCH_TABLES]
)


def create_bronze_tables(catalog: Catalog) -> None:
    """Create the bronze tables that are missing, so that every model has an input with a snapshot."""
    catalog.create_namespace_if_not_exists(BRONZE_NAMESPACE)
    for table in BRONZE_TABLE_BY_TOPIC.values():
        schema = iceberg_schema(table)
        _with_snapshot(load_or_create(catalog, table.identifier, schema, partition_spec(schema)), table)
    for batch_table in BATCH_TABLES:
        schema = iceberg_schema(batch_table)
        _with_snapshot(with_new_columns(load_or_create(catalog, batch_table.identifier, schema), schema), batch_table)


def _with_snapshot(table: Table, contract: TableColumns) -> None:
    """Let the table have a snapshot with its present columns: a snapshot is read with the columns of its time."""
    snapshot = table.current_snapshot()
    if snapshot is None or snapshot.schema_id != table.schema().schema_id:
        table.append(bronze_arrow_schema(contract).empty_table())
