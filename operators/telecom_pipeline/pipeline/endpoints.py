"""Where the services that a pipeline uses are, according to observed objects. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.batch_settings import PostgresConnection, TrinoConnection
from contracts.settings import CatalogConnection, JdbcCatalog, RestCatalog
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.storage_references import (
    DATABASE_KEY,
    HOST_KEY,
    PORT_KEY,
    S3_ENDPOINT_KEY,
    crm_database,
    database_connection_ref,
    required_objects,
    s3_connection_ref,
    trino_connection_ref,
)
from operators.telecom_pipeline.spec.storage import Jdbc, PostgresDatabase


@dataclass(frozen=True)
class Endpoints:
    """What was observed; None where it is not known yet. Nothing here is guessed.

    `crm` is the freezer's database, `customers` that of the batch jobs: often the same.
    """

    bootstrap_servers: str | None = None
    s3_endpoint: str | None = None
    catalog: CatalogConnection | None = None
    crm: PostgresConnection | None = None
    trino: TrinoConnection | None = None
    customers: PostgresConnection | None = None


def find_endpoints(
    pipeline: Pipeline, children: Mapping[Ref, Manifest], references: Mapping[Ref, Manifest | None]
) -> Endpoints:
    """Endpoints from the Kafka's status, from the objects that the spec refers to, and from the spec itself."""
    kafka = children.get(Ref(names.KAFKA, pipeline.namespace, names.kafka(pipeline.name)))
    return Endpoints(
        bootstrap_servers=_bootstrap_servers(kafka),
        s3_endpoint=_s3_endpoint(pipeline, references),
        catalog=_catalog(pipeline, references),
        crm=_crm(pipeline, references),
        trino=_trino(pipeline, references),
        customers=_customers(pipeline, references),
    )


def placeholder_endpoints(pipeline: Pipeline) -> Endpoints:
    """Invented values for every endpoint that the pipeline needs, to see what is rendered wherever the services are."""
    data = {S3_ENDPOINT_KEY: "http://nowhere", HOST_KEY: "nowhere", PORT_KEY: "1", DATABASE_KEY: "nowhere"}
    kafka = {"status": {"listeners": [{"name": names.CLIENT_LISTENER, "bootstrapServers": "nowhere:1"}]}}
    children = {Ref(names.KAFKA, pipeline.namespace, names.kafka(pipeline.name)): kafka}
    return find_endpoints(pipeline, children, {each.ref: {"data": data} for each in required_objects(pipeline)})


def _bootstrap_servers(kafka: Manifest | None) -> str | None:
    listeners = (kafka or {}).get("status", {}).get("listeners", [])
    found = (
        listener.get("bootstrapServers") for listener in listeners if listener.get("name") == names.CLIENT_LISTENER
    )
    return next(found, None)


def _s3_endpoint(pipeline: Pipeline, references: Mapping[Ref, Manifest | None]) -> str | None:
    ref = s3_connection_ref(pipeline)
    return pipeline.spec.storage.s3.endpoint if ref is None else _data(references, ref).get(S3_ENDPOINT_KEY)


def _catalog(pipeline: Pipeline, references: Mapping[Ref, Manifest | None]) -> CatalogConnection | None:
    catalog = pipeline.spec.storage.catalog
    if catalog.rest:
        return RestCatalog(name=catalog.name, uri=catalog.rest.uri, warehouse=catalog.rest.warehouse)
    if catalog.jdbc:
        return _jdbc(pipeline, catalog.name, catalog.jdbc, references)
    return None


def _jdbc(pipeline: Pipeline, name: str, jdbc: Jdbc, references: Mapping[Ref, Manifest | None]) -> JdbcCatalog | None:
    place = _postgres(pipeline, jdbc, references)
    return JdbcCatalog(name=name, **place.model_dump()) if place else None


def _crm(pipeline: Pipeline, references: Mapping[Ref, Manifest | None]) -> PostgresConnection | None:
    crm = crm_database(pipeline)
    return _postgres(pipeline, crm, references) if crm else None


def _customers(pipeline: Pipeline, references: Mapping[Ref, Manifest | None]) -> PostgresConnection | None:
    transform = pipeline.spec.transform
    return _postgres(pipeline, transform.crm, references) if transform else None


def _trino(pipeline: Pipeline, references: Mapping[Ref, Manifest | None]) -> TrinoConnection | None:
    transform = pipeline.spec.transform
    if transform is None:
        return None
    catalog = pipeline.spec.storage.catalog.name
    if transform.trino.connection:
        return TrinoConnection(**transform.trino.connection.model_dump(), catalog=catalog)
    ref = trino_connection_ref(pipeline.namespace, transform)
    data = _data(references, ref) if ref else {}
    if not data.get(HOST_KEY) or not data.get(PORT_KEY, "").isdigit():
        return None
    return TrinoConnection(host=data[HOST_KEY], port=int(data[PORT_KEY]), catalog=catalog)


def _postgres(
    pipeline: Pipeline, database: PostgresDatabase, references: Mapping[Ref, Manifest | None]
) -> PostgresConnection | None:
    if database.connection:
        return PostgresConnection(**database.connection.model_dump(), ssl_mode=database.ssl_mode)
    ref = database_connection_ref(pipeline.namespace, database)
    data = _data(references, ref) if ref else {}
    if not all(data.get(key) for key in (HOST_KEY, PORT_KEY, DATABASE_KEY)) or not data[PORT_KEY].isdigit():
        return None
    return PostgresConnection(
        host=data[HOST_KEY], port=int(data[PORT_KEY]), database=data[DATABASE_KEY], ssl_mode=database.ssl_mode
    )


def _data(references: Mapping[Ref, Manifest | None], ref: Ref) -> Mapping[str, str]:
    found = references.get(ref)
    return found.get("data", {}) if found else {}
