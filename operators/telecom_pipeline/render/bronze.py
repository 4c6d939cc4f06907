"""The sink `kafka_to_bronze`."""

from contracts import environment
from contracts.settings import CatalogConnection, S3Connection, SinkSettings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import (
    PASSWORD_KEY,
    S3_ACCESS_KEY,
    S3_SECRET_KEY,
    TOKEN_KEY,
    USERNAME_KEY,
)
from operators.telecom_pipeline.pipeline.topics import TopicRole
from operators.telecom_pipeline.render.images import KAFKA_TO_BRONZE_IMAGE, image
from operators.telecom_pipeline.render.kafka_client import KafkaClient, SecretKey, kafka_client
from operators.telecom_pipeline.render.settings_file import render_settings_file
from operators.telecom_pipeline.render.workload import Workload, render_deployment
from operators.telecom_pipeline.spec.storage import Catalog

MODULE = "jobs.kafka_to_bronze"
# A commit takes seconds, longer while the object store is slow; a sink killed during one must find out how it ended.
STOP_SECONDS = 90


def render_bronze(
    pipeline: Pipeline, bootstrap_servers: str, s3_endpoint: str, catalog: CatalogConnection
) -> tuple[Manifest, Manifest]:
    """ConfigMap and Deployment of the sink, which has no pods while the pipeline is suspended."""
    client = kafka_client(pipeline, names.KAFKA_TO_BRONZE, bootstrap_servers)
    workload = Workload(
        component=names.KAFKA_TO_BRONZE,
        stage=Stage.BRONZE,
        module=MODULE,
        image=image(pipeline, KAFKA_TO_BRONZE_IMAGE),
        settings=_settings(pipeline, client, s3_endpoint, catalog),
        credentials=(*client.credentials, *storage_credentials(pipeline)),
        mounts=client.mounts,
        resources=pipeline.sink.resources,
        stop_seconds=STOP_SECONDS,
    )
    settings_file = render_settings_file(pipeline, names.KAFKA_TO_BRONZE, Stage.BRONZE, workload.settings)
    return settings_file, render_deployment(pipeline, workload, 0 if pipeline.is_suspended else pipeline.sink.replicas)


def _settings(pipeline: Pipeline, client: KafkaClient, s3_endpoint: str, catalog: CatalogConnection) -> SinkSettings:
    return SinkSettings(
        kafka=client.connection,
        s3=s3_connection(pipeline, s3_endpoint),
        catalog=catalog,
        consumer_group=names.consumer_group(pipeline.name, names.KAFKA_TO_BRONZE),
        topics=pipeline.topic_names(TopicRole.EVENTS),
        commit_bytes=pipeline.sink.commit_bytes,
        commit_interval_seconds=pipeline.sink.commit_interval_seconds,
    )


def s3_connection(pipeline: Pipeline, endpoint: str) -> S3Connection:
    """The object store as jobs see it."""
    s3 = pipeline.spec.storage.s3
    return S3Connection(
        endpoint=endpoint, region=s3.region, bucket=s3.bucket, prefix=s3.prefix, path_style=s3.path_style
    )


def storage_credentials(pipeline: Pipeline) -> tuple[SecretKey, ...]:
    """Environment variables with the credentials of the object store and the catalog."""
    storage = pipeline.spec.storage
    s3_secret = storage.s3.credentials_secret_ref.name
    return (
        SecretKey(environment.S3_ACCESS_KEY_ID, s3_secret, S3_ACCESS_KEY),
        SecretKey(environment.S3_SECRET_ACCESS_KEY, s3_secret, S3_SECRET_KEY),
        *_catalog_credentials(storage.catalog),
    )


def _catalog_credentials(catalog: Catalog) -> tuple[SecretKey, ...]:
    if catalog.jdbc:
        secret = catalog.jdbc.credentials_secret_ref.name
        return (
            SecretKey(environment.CATALOG_USERNAME, secret, USERNAME_KEY),
            SecretKey(environment.CATALOG_PASSWORD, secret, PASSWORD_KEY),
        )
    if catalog.rest and catalog.rest.token_secret_ref:
        return (SecretKey(environment.CATALOG_TOKEN, catalog.rest.token_secret_ref.name, TOKEN_KEY),)
    return ()
