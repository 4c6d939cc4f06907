"""`spec.storage`: the object store and the Iceberg catalog, which the pipeline uses but does not own."""

from typing import Annotated, Literal

from pydantic import Field

from operators.telecom_pipeline.spec.base import ObjectReference, SpecModel

BUCKET_PATTERN = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
PREFIX_PATTERN = r"^([A-Za-z0-9._=-]+(/[A-Za-z0-9._=-]+)*)?$"
HTTP_PATTERN = r"^https?://[^\s/]+(/[^\s]*)?$"


class S3(SpecModel):
    """The bucket that holds the warehouse, and the endpoint that serves it."""

    endpoint: Annotated[str, Field(pattern=HTTP_PATTERN)] | None = Field(
        default=None, description="URL of the S3 service. Give this or `connectionRef`."
    )
    connection_ref: ObjectReference | None = Field(
        default=None, description="ConfigMap whose key `endpoint` holds the URL of the S3 service."
    )
    credentials_secret_ref: ObjectReference = Field(
        description="Secret with the keys `access-key-id` and `secret-access-key`."
    )
    bucket: Annotated[str, Field(pattern=BUCKET_PATTERN)] = Field(description="Bucket of the warehouse. Immutable.")
    prefix: Annotated[str, Field(pattern=PREFIX_PATTERN, max_length=512)] = Field(
        default="", description="Folder of the warehouse in the bucket, without a slash at either end. Immutable."
    )
    region: Annotated[str, Field(min_length=1)] = Field(default="us-east-1", description="Region to sign requests for.")
    path_style: bool = Field(
        default=True, description="Whether the bucket is part of the path, which most S3 services outside AWS need."
    )


class PostgresConnection(SpecModel):
    """Where a PostgreSQL database is."""

    host: Annotated[str, Field(min_length=1)] = Field(description="Host name or address.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=5432, description="TCP port.")
    database: Annotated[str, Field(min_length=1)] = Field(description="Name of the database.")


class PostgresDatabase(SpecModel):
    """A PostgreSQL database: exactly one of `connection` and `connectionRef` says where it is."""

    connection: PostgresConnection | None = Field(
        default=None, description="Where the database is. Give this or `connectionRef`."
    )
    connection_ref: ObjectReference | None = Field(
        default=None, description="ConfigMap with the keys `host`, `port` and `database`."
    )
    credentials_secret_ref: ObjectReference = Field(description="Secret with the keys `username` and `password`.")
    ssl_mode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = Field(
        default="prefer", description="PostgreSQL's `sslmode` for the connection."
    )


class Jdbc(PostgresDatabase):
    """Iceberg JDBC catalog in a PostgreSQL database."""


class Rest(SpecModel):
    """Iceberg REST catalog, for example Polaris or Lakekeeper. It has to offer `transactions/commit`, and to carry it
    out as a whole or not at all.
    """

    uri: Annotated[str, Field(pattern=HTTP_PATTERN)] = Field(description="Base URL of the catalog.")
    warehouse: str | None = Field(
        default=None, description="Name by which the catalog knows the warehouse; its own default when absent."
    )
    token_secret_ref: ObjectReference | None = Field(
        default=None, description="Secret whose key `token` holds a bearer token; no authentication when absent."
    )


class Catalog(SpecModel):
    """The Iceberg catalog: exactly one of `jdbc` and `rest`. The choice cannot be changed."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)] = Field(
        default="iceberg", description="Name of the catalog, which a JDBC catalog stores with each table. Immutable."
    )
    jdbc: Jdbc | None = Field(default=None, description="Iceberg JDBC catalog in a PostgreSQL database.")
    rest: Rest | None = Field(default=None, description="Iceberg REST catalog.")


class Storage(SpecModel):
    """Object store and catalog."""

    s3: S3 = Field(description="The object store.")
    catalog: Catalog = Field(description="The Iceberg catalog.")
