"""Runs a batch job as a Job of a Kubernetes cluster."""

from collections.abc import Sequence

from operators.telecom_pipeline.clusters.owned import OwnedCluster
from telecom.access.kube import KubePipeline
from telecom.batch.job_runs import FailedRunError, failure_of, follow_run
from telecom.pipelines.follow import Tell


def run_in_kubernetes(found: KubePipeline, component: str, arguments: Sequence[str], tell: Tell) -> str:
    """Run the job until it has ended. Returns the command that shows its output. Raises `FailedRunError`."""
    cluster = OwnedCluster(found.cluster, found.resource)
    finished = follow_run(cluster, found.pipeline, component, arguments, tell)
    logs = f"kubectl -n {found.ref.namespace} logs job/{finished['metadata']['name']}"
    if (failure := failure_of(finished)) is not None:
        raise FailedRunError(f"run {component}", failure, logs)
    return logs
