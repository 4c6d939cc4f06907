"""Opens the Iceberg catalog that the settings name, with S3 access through Arrow."""

from collections.abc import Mapping

import pyarrow as pa
import requests
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitStateUnknownException, NoSuchTableError, RESTError
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table, TableProperties
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from contracts import environment
from contracts.settings import CatalogConnection, JdbcCatalog, RestCatalog, S3Connection
from jobs.runtime.rest_transaction import TransactionalRestCatalog

CONNECT_TIMEOUT_SECONDS = 5
REQUEST_TIMEOUT_SECONDS = 30
# A connection may hold a lock and be silent for the length of a run; nothing on the way may take it for dead.
KEEPALIVE_SECONDS = 60

# What a catalog or a store in trouble raises. All of it may pass, and none of it tells whether a commit took place.
UNAVAILABLE_ERRORS = (SQLAlchemyError, OSError, requests.RequestException, RESTError, CommitStateUnknownException)


def open_catalog(catalog: CatalogConnection, s3: S3Connection, environ: Mapping[str, str]) -> Catalog:
    """Connect. Raises one of `UNAVAILABLE_ERRORS` when the catalog does not answer."""
    if isinstance(catalog, JdbcCatalog):
        properties = {"warehouse": s3.warehouse, **_jdbc_properties(catalog, environ)}
        return SqlCatalog(catalog.name, **properties, **s3_properties(s3, environ))
    return TransactionalRestCatalog(catalog.name, **_rest_properties(catalog, environ), **s3_properties(s3, environ))


def load_or_create(
    catalog: Catalog,
    identifier: tuple[str, str],
    schema: Schema | pa.Schema,
    spec: PartitionSpec = UNPARTITIONED_PARTITION_SPEC,
) -> Table:
    """The table, which is created if it is absent.

    It is looked up first: pyiceberg's own way writes metadata for a new table before it learns that there is one, and
    leaves that file behind at each call.
    """
    try:
        return catalog.load_table(identifier)
    except NoSuchTableError:
        return catalog.create_table_if_not_exists(identifier, schema, partition_spec=spec)


def with_new_columns(table: Table, schema: Schema | pa.Schema) -> Table:
    """The table, to which the columns of `schema` are added that it does not have yet; they must be optional."""
    wanted = schema.names if isinstance(schema, pa.Schema) else schema.column_names
    if set(wanted) - set(table.schema().column_names):
        with table.update_schema() as update:
            update.union_by_name(schema)
    return table


def single_attempt(table: Table) -> Table:
    """The same table for a client that tries once.

    pyiceberg would retry a conflict by putting the same files and properties on top of the newer table, which its
    writer has not looked at. The catalog never sees this property.
    """
    properties = table.metadata.properties | {TableProperties.COMMIT_NUM_RETRIES: "0"}
    metadata = table.metadata.model_copy(update={"properties": properties})
    return Table(table.name(), metadata, table.metadata_location, table.io, table.catalog)


def _jdbc_properties(catalog: JdbcCatalog, environ: Mapping[str, str]) -> dict[str, str]:
    url = URL.create(
        "postgresql+psycopg2",
        username=environ.get(environment.CATALOG_USERNAME),
        password=environ.get(environment.CATALOG_PASSWORD),
        host=catalog.host,
        port=catalog.port,
        database=catalog.database,
        query={
            "sslmode": catalog.ssl_mode,
            "connect_timeout": str(CONNECT_TIMEOUT_SECONDS),
            "keepalives_idle": str(KEEPALIVE_SECONDS),
            "options": f"-c statement_timeout={REQUEST_TIMEOUT_SECONDS}s",
        },
    )
    # V1 is the schema that Trino and Spark share (it has views); the pre-ping notices a restarted database.
    return {"uri": url.render_as_string(hide_password=False), "schema_version": "v1", "pool_pre_ping": "true"}


def _rest_properties(catalog: RestCatalog, environ: Mapping[str, str]) -> dict[str, str]:
    properties = {"uri": catalog.uri}
    if catalog.warehouse is not None:
        properties["warehouse"] = catalog.warehouse
    if token := environ.get(environment.CATALOG_TOKEN):
        properties["token"] = token
    return properties


def s3_properties(s3: S3Connection, environ: Mapping[str, str]) -> dict[str, str]:
    """File access properties of pyiceberg for an S3 endpoint."""
    properties = {
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
        "s3.endpoint": s3.endpoint,
        "s3.region": s3.region,
        "s3.force-virtual-addressing": str(not s3.path_style).lower(),
        "s3.connect-timeout": str(CONNECT_TIMEOUT_SECONDS),
        "s3.request-timeout": str(REQUEST_TIMEOUT_SECONDS),
    }
    for name, variable in (
        ("s3.access-key-id", environment.S3_ACCESS_KEY_ID),
        ("s3.secret-access-key", environment.S3_SECRET_ACCESS_KEY),
    ):
        if value := environ.get(variable):
            properties[name] = value
    return properties
