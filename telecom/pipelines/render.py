"""The children that a pipeline becomes, with the endpoints that a cluster knows."""

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.context import RenderedPipeline, render_observed
from operators.telecom_pipeline.reconcile.observe import observe


def render_pipeline(cluster: Cluster | None, pipeline: Pipeline) -> RenderedPipeline:
    """What the pipeline renders to in that cluster, or where there is none yet. Raises `ClusterError`."""
    return render_observed(pipeline, Observed() if cluster is None else observe(cluster, pipeline))


def left_out(rendered: RenderedPipeline) -> list[str]:
    """A line for each stage that cannot be rendered in full yet, and what it waits for."""
    return [
        f"# stage {stage} is left out until {', '.join(missing)} can be observed"
        for stage, missing in rendered.missing.items()
    ]
