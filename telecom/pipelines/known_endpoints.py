"""Where a pipeline's neighbours are, as far as a cluster knows."""

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.observe import observe, observe_children


def known_endpoints(cluster: Cluster, pipeline: Pipeline) -> Endpoints:
    """Endpoints that children and referred objects tell. Raises `ClusterError`."""
    observed = observe(cluster, observe_children(cluster, pipeline.name, pipeline.namespace), pipeline)
    return find_endpoints(pipeline, observed.children, observed.references)
