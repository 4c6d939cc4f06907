"""Pauses a pipeline, or lets the operator act on it again."""

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects.manifest import Ref


def set_paused(cluster: KubeCluster, ref: Ref, is_paused: bool) -> str:
    """Set `spec.paused`. Returns a line that says so."""
    cluster.merge(ref, {"spec": {"paused": is_paused}})
    return f"{ref.name}: spec.paused is {str(is_paused).lower()}"
