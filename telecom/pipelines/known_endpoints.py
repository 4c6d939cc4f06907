"""The endpoints of a pipeline that a cluster knows."""

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.observe import observe


def known_endpoints(cluster: Cluster, pipeline: Pipeline) -> Endpoints:
    """Endpoints as the pipeline's children and the objects that it refers to state them. Raises `ClusterError`."""
    observed = observe(cluster, pipeline)
    return find_endpoints(pipeline, observed.children, observed.references)
