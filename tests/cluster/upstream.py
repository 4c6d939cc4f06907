"""Writes the statuses that Strimzi and the workload controllers write, where a test runs without them."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.labels import STAGE_LABEL
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.stages import Stage

READY = [{"type": "Ready", "status": "True"}]
BOOTSTRAP = "kafka-bootstrap.example:9093"
STARTED = "2026-01-01T00:00:00Z"
Status = dict[str, Any]


def kafka_status(manifest: Manifest) -> Status:
    listeners = [
        {"name": listener["name"], "bootstrapServers": BOOTSTRAP} for listener in manifest["spec"]["kafka"]["listeners"]
    ]
    return {"conditions": READY, "observedGeneration": _generation(manifest), "listeners": listeners}


def strimzi_status(manifest: Manifest) -> Status:
    return {"conditions": READY, "observedGeneration": _generation(manifest)}


def deployment_status(manifest: Manifest) -> Status:
    replicas = manifest["spec"]["replicas"]
    counts = ("replicas", "readyReplicas", "updatedReplicas", "availableReplicas")
    return {"observedGeneration": _generation(manifest), **dict.fromkeys(counts, replicas)}


def job_status(manifest: Manifest) -> Status:
    """A history is sent soon; a source goes on."""
    if manifest["metadata"]["labels"][STAGE_LABEL] != Stage.HISTORY:
        return {"active": 1, "ready": 1, "startTime": STARTED}
    # The API server believes a success only if all of this is said.
    conditions = [{"type": type_, "status": "True"} for type_ in ("SuccessCriteriaMet", "Complete")]
    return {
        "succeeded": 1,
        "startTime": STARTED,
        "completionTime": "2026-01-01T00:00:09Z",
        "uncountedTerminatedPods": {},
        "conditions": conditions,
    }


def flink_status(manifest: Manifest) -> Status:
    return {
        "lifecycleState": "STABLE",
        "jobManagerDeploymentStatus": "READY",
        "jobStatus": {"state": "RUNNING"},
        "observedGeneration": _generation(manifest),
    }


STATUS_BY_KIND: dict[Kind, Callable[[Manifest], Status]] = {
    names.KAFKA: kafka_status,
    names.KAFKA_NODE_POOL: lambda manifest: {"observedGeneration": _generation(manifest)},
    names.KAFKA_TOPIC: strimzi_status,
    names.KAFKA_USER: strimzi_status,
    names.DEPLOYMENT: deployment_status,
    names.JOB: job_status,
    names.FLINK_DEPLOYMENT: flink_status,
}


class Upstream:
    """Keeps the children of a namespace ready until told otherwise.

    `failing` maps children to their status: `name` for every kind, or `Kind/name`.
    """

    def __init__(self, cluster: KubeCluster, namespace: str) -> None:
        self.failing: dict[str, Status] = {}
        self._cluster = cluster
        self._namespace = namespace
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Upstream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            for kind, status_of in STATUS_BY_KIND.items():
                self._report(kind, status_of)

    def _report(self, kind: Kind, status_of: Callable[[Manifest], Status]) -> None:
        try:
            for child in self._cluster.list(kind, self._namespace):
                if "deletionTimestamp" not in child["metadata"]:
                    status = self._failure(ref_of(child)) or status_of(child)
                    self._cluster.apply_status(ref_of(child), status)
        except ClusterError:  # deleted meanwhile, or the API server is being restarted by the test
            return

    def _failure(self, child: Ref) -> Status | None:
        return self.failing.get(child.name) or self.failing.get(f"{child.kind.name}/{child.name}")


def _generation(manifest: Manifest) -> int:
    generation: int = manifest["metadata"]["generation"]
    return generation
