"""All children of a pipeline, in the order in which they start, and what keeps some of them from being rendered."""

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.sources import simulators_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import crm_database
from operators.telecom_pipeline.render.accepted_spec import render_accepted_spec
from operators.telecom_pipeline.render.account_freezer import render_account_freezer
from operators.telecom_pipeline.render.bronze import render_bronze
from operators.telecom_pipeline.render.flink_deployment import render_flink_deployment
from operators.telecom_pipeline.render.fraud_rules import render_fraud_rules
from operators.telecom_pipeline.render.kafka import render_kafka
from operators.telecom_pipeline.render.node_pools import render_node_pools
from operators.telecom_pipeline.render.sources import render_sources
from operators.telecom_pipeline.render.topics import render_topics
from operators.telecom_pipeline.render.transform import render_transform
from operators.telecom_pipeline.render.users import render_users

BOOTSTRAP_SERVERS = "Kafka's bootstrap servers"
S3_ENDPOINT = "the endpoint of the object store"
CATALOG = "the address of the catalog"
TRINO = "the address of Trino"
CRM = "the address of the CRM database"


def render(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    """Children in the order in which they start. A child whose endpoint is not known yet is left out.

    Equal arguments give equal manifests, with keys in the same order.
    """
    return (
        render_accepted_spec(pipeline),
        render_kafka(pipeline),
        *render_node_pools(pipeline),
        *render_topics(pipeline),
        *render_users(pipeline),
        *_bronze(pipeline, endpoints),
        *_fraud_detection(pipeline, endpoints),
        *_account_freezer(pipeline, endpoints),
        *render_transform(pipeline, endpoints),
        *_sources(pipeline, endpoints),
    )


def missing_endpoints(pipeline: Pipeline, endpoints: Endpoints) -> dict[Stage, tuple[str, ...]]:
    """What is not known yet, for each stage whose children `render` leaves out because of it."""
    bootstrap = () if endpoints.bootstrap_servers else (BOOTSTRAP_SERVERS,)
    s3 = () if endpoints.s3_endpoint else (S3_ENDPOINT,)
    catalog = () if endpoints.catalog else (CATALOG,)
    crm = () if endpoints.crm else (CRM,)
    trino = () if endpoints.trino else (TRINO,)
    customers = () if endpoints.customers else (CRM,)
    missing = {
        Stage.BRONZE: bootstrap + s3 + catalog,
        Stage.FRAUD_DETECTION: bootstrap + s3 if pipeline.fraud_detection else (),
        Stage.ACCOUNT_FREEZER: bootstrap + crm if crm_database(pipeline) else (),
        Stage.TRANSFORM: s3 + catalog + trino + customers if pipeline.batch_jobs else (),
        **{simulator.stage: bootstrap for simulator in simulators_of(pipeline.spec)},
    }
    return {stage: names for stage, names in missing.items() if names}


def _bronze(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    bootstrap_servers, s3_endpoint, catalog = endpoints.bootstrap_servers, endpoints.s3_endpoint, endpoints.catalog
    if bootstrap_servers is None or s3_endpoint is None or catalog is None:
        return ()
    return render_bronze(pipeline, bootstrap_servers, s3_endpoint, catalog)


def _fraud_detection(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    job, bootstrap_servers, s3_endpoint = pipeline.fraud_detection, endpoints.bootstrap_servers, endpoints.s3_endpoint
    if job is None or bootstrap_servers is None or s3_endpoint is None:
        return ()
    return (
        *render_fraud_rules(pipeline, job, bootstrap_servers),
        *render_flink_deployment(pipeline, job, bootstrap_servers, s3_endpoint),
    )


def _account_freezer(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    freezer = pipeline.fraud_detection.section.account_freezer if pipeline.fraud_detection else None
    if freezer is None or endpoints.bootstrap_servers is None or endpoints.crm is None:
        return ()
    return render_account_freezer(pipeline, freezer, endpoints.bootstrap_servers, endpoints.crm)


def _sources(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    if endpoints.bootstrap_servers is None:
        return ()
    return render_sources(pipeline, endpoints.bootstrap_servers)
