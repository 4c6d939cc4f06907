"""Creates a bronze table from its contract, or brings an existing one up to it."""

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from contracts.iceberg_schema import iceberg_schema, partition_spec
from contracts.sink_progress import KafkaIdentity
from contracts.tables import BronzeTable

TABLE_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.target-file-size-bytes": str(128 * 1024 * 1024),
    # A commit reads and writes the list of all manifests and one metadata file: both must stay short.
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "50",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


class IncompatibleTableError(Exception):
    """The contract changed as the table cannot follow: a column was removed or retyped, or is new and required."""


def ensure_table(catalog: Catalog, bronze: BronzeTable, identity: KafkaIdentity) -> Table:
    """Table for the contract, created if absent, with its new optional columns. Raises `IncompatibleTableError`."""
    try:
        table = catalog.load_table(bronze.identifier)
    except NoSuchTableError:
        table = _create(catalog, bronze, identity)
    return evolve(table, bronze)


def _create(catalog: Catalog, bronze: BronzeTable, identity: KafkaIdentity) -> Table:
    catalog.create_namespace_if_not_exists(bronze.namespace)
    schema = iceberg_schema(bronze)
    try:
        return catalog.create_table(
            bronze.identifier,
            schema=schema,
            partition_spec=partition_spec(schema),
            properties=TABLE_PROPERTIES | identity.as_properties(),
        )
    except TableAlreadyExistsError:  # another replica was faster
        return catalog.load_table(bronze.identifier)


def evolve(table: Table, bronze: BronzeTable) -> Table:
    """Add the contract's new optional columns. Raises `IncompatibleTableError` naming every other difference."""
    wanted = iceberg_schema(bronze)
    problems = _problems(table.schema(), wanted)
    if problems:
        raise IncompatibleTableError(
            f"table {'.'.join(bronze.identifier)} cannot follow the contract of topic {bronze.topic}: "
            f"{'; '.join(problems)}. Only new optional fields are possible. Undo the change of the event model, "
            "or move the table away (ALTER TABLE ... RENAME) so that a new one is created."
        )
    if set(wanted.column_names) - set(table.schema().column_names):
        with table.update_schema() as update:
            update.union_by_name(wanted)
    return table


def _problems(existing: Schema, wanted: Schema) -> list[str]:
    held = {field.name: field for field in existing.fields}
    asked = {field.name: field for field in wanted.fields}
    removed = [f"column {name} is no longer in the contract" for name in held.keys() - asked.keys()]
    retyped = [
        f"column {name} is {held[name].field_type} in the table and {asked[name].field_type} in the contract"
        for name in held.keys() & asked.keys()
        if str(held[name].field_type) != str(asked[name].field_type)
    ]
    required = [
        f"new column {name} is required, but existing rows have no value for it"
        for name in asked.keys() - held.keys()
        if asked[name].required
    ]
    return sorted([*removed, *retyped, *required])
