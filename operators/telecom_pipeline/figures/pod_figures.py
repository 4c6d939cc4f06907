"""Figures of pipelines that run as pods: a sink's from the metrics of its pods, a nightly run's from its last words."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from contracts.nightly_verdict import NightlyVerdict, read_verdict
from operators.telecom_pipeline.figures.metrics_page import read_metrics_page
from operators.telecom_pipeline.figures.sink_figures import UNKNOWN, SinkFigures, figures_of
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster, ClusterError
from operators.telecom_pipeline.objects.labels import pod_selector
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.render.workload import METRICS_PORT_NUMBER

_MOST_QUESTIONS_AT_A_TIME = 16


class PodFigures:
    """Finds pods in `cluster`: reads the metrics of ready sinks and the termination messages of nightly runs."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """See `FiguresSource.of_sink`."""
        try:
            pods = self._cluster.list(names.POD, namespace, pod_selector(pipeline, names.KAFKA_TO_BRONZE))
        except ClusterError:
            return UNKNOWN
        return figures_of(_pages([_address(pod) for pod in pods if _is_ready(pod)]))

    def of_nightly_run(self, pipeline: str, namespace: str) -> NightlyVerdict | None:
        """See `FiguresSource.of_nightly_run`."""
        try:
            pods = self._cluster.list(names.POD, namespace, pod_selector(pipeline, names.NIGHTLY))
        except ClusterError:
            return None
        ended = [end for pod in pods for end in _ends(pod)]
        newest = max(ended, key=lambda end: str(end.get("finishedAt", "")), default={})
        return read_verdict(newest.get("message", ""))


def _ends(pod: Manifest) -> Iterator[Mapping[str, Any]]:
    for container in (pod.get("status") or {}).get("containerStatuses") or ():
        if end := container["state"].get("terminated"):
            yield end


def _pages(addresses: Sequence[str]) -> Sequence[str | None]:
    with ThreadPoolExecutor(max(1, min(len(addresses), _MOST_QUESTIONS_AT_A_TIME))) as executor:
        return list(executor.map(read_metrics_page, addresses))


def _address(pod: Manifest) -> str:
    address: str = pod["status"]["podIP"]
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{METRICS_PORT_NUMBER}"


def _is_ready(pod: Manifest) -> bool:
    status = pod.get("status") or {}
    is_ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or ())
    return is_ready and bool(status.get("podIP")) and "deletionTimestamp" not in pod["metadata"]
