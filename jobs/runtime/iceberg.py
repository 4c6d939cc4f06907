"""The Iceberg catalog of a job."""

from collections.abc import Mapping
from urllib.parse import quote

from pyiceberg.catalog import Catalog, load_catalog

from contracts.environment import (
    CATALOG_PASSWORD,
    CATALOG_TOKEN,
    CATALOG_USERNAME,
    S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY,
)
from contracts.settings import CatalogConnection, JdbcCatalog, S3Connection


class CatalogCredentialsError(Exception):
    """The environment lacks a credential that the catalog or the store needs."""


def open_catalog(catalog: CatalogConnection, s3: S3Connection, environ: Mapping[str, str]) -> Catalog:
    """The catalog, with the store its tables are in. Raises `CatalogCredentialsError` naming a missing variable."""
    return load_catalog(catalog.name, **_catalog_properties(catalog, s3, environ), **_store_properties(s3, environ))


def _catalog_properties(catalog: CatalogConnection, s3: S3Connection, environ: Mapping[str, str]) -> dict[str, str]:
    if isinstance(catalog, JdbcCatalog):
        user = quote(_required(environ, CATALOG_USERNAME), safe="")
        password = quote(_required(environ, CATALOG_PASSWORD), safe="")
        address = f"{catalog.host}:{catalog.port}/{catalog.database}?sslmode={catalog.ssl_mode}"
        uri = f"postgresql+psycopg2://{user}:{password}@{address}"
        return {"type": "sql", "uri": uri, "warehouse": s3.warehouse}
    properties = {"type": "rest", "uri": catalog.uri, "warehouse": catalog.warehouse or s3.warehouse}
    token = environ.get(CATALOG_TOKEN)
    return properties | ({"token": token} if token else {})


def _store_properties(s3: S3Connection, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "s3.endpoint": s3.endpoint,
        "s3.region": s3.region,
        "s3.access-key-id": _required(environ, S3_ACCESS_KEY_ID),
        "s3.secret-access-key": _required(environ, S3_SECRET_ACCESS_KEY),
        "s3.force-virtual-addressing": str(not s3.path_style),
    }


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise CatalogCredentialsError(f"the environment variable {name} is not set; the catalog cannot be opened.")
    return value
