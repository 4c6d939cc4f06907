"""Figures of sinks that run as pods: asked at each pod's own address."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from operators.telecom_pipeline import names
from operators.telecom_pipeline.cluster import Cluster, ClusterError
from operators.telecom_pipeline.figures import UNKNOWN, SinkFigures, figures_of
from operators.telecom_pipeline.labels import pod_selector
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.metrics_page import read_metrics_page
from operators.telecom_pipeline.render.workload import METRICS_PORT_NUMBER

_MOST_QUESTIONS_AT_A_TIME = 16


class PodFigures:
    """Finds the pods of a sink in `cluster` and reads their metrics. A pod that is not ready is not asked."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """See `FiguresSource.of_sink`."""
        try:
            pods = self._cluster.list(names.POD, namespace, pod_selector(pipeline, names.KAFKA_TO_BRONZE))
        except ClusterError:
            return UNKNOWN
        return figures_of(_pages([_address(pod) for pod in pods if _is_ready(pod)]))


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
