"""From a pipeline and its endpoints to the manifests of its children. Pure and deterministic."""

from operators.telecom_pipeline.endpoints import Endpoints
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.accepted_spec import render_accepted_spec
from operators.telecom_pipeline.render.bronze import render_bronze
from operators.telecom_pipeline.render.kafka import render_kafka
from operators.telecom_pipeline.render.node_pools import render_node_pools
from operators.telecom_pipeline.render.sources import render_sources
from operators.telecom_pipeline.render.topics import render_topics
from operators.telecom_pipeline.render.users import render_users
from operators.telecom_pipeline.sources import simulators_of
from operators.telecom_pipeline.stages import Stage

__all__ = ["missing_endpoints", "render"]

BOOTSTRAP_SERVERS = "Kafka's bootstrap servers"
S3_ENDPOINT = "the endpoint of the object store"
CATALOG = "the place of the catalog"


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
        *_sources(pipeline, endpoints),
    )


def missing_endpoints(pipeline: Pipeline, endpoints: Endpoints) -> dict[Stage, tuple[str, ...]]:
    """What is not known yet, for each stage whose children `render` leaves out for it."""
    bootstrap = () if endpoints.bootstrap_servers else (BOOTSTRAP_SERVERS,)
    s3 = () if endpoints.s3_endpoint else (S3_ENDPOINT,)
    catalog = () if endpoints.catalog else (CATALOG,)
    missing = {
        Stage.BRONZE: bootstrap + s3 + catalog,
        Stage.SOURCES: bootstrap if simulators_of(pipeline.spec) else (),
    }
    return {stage: names for stage, names in missing.items() if names}


def _bronze(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    bootstrap_servers, s3_endpoint, catalog = endpoints.bootstrap_servers, endpoints.s3_endpoint, endpoints.catalog
    if bootstrap_servers is None or s3_endpoint is None or catalog is None:
        return ()
    return render_bronze(pipeline, bootstrap_servers, s3_endpoint, catalog)


def _sources(pipeline: Pipeline, endpoints: Endpoints) -> tuple[Manifest, ...]:
    if endpoints.bootstrap_servers is None:
        return ()
    return render_sources(pipeline, endpoints.bootstrap_servers)
