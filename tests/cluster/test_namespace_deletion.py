"""A namespace that is being deleted takes nothing new: the operator sees that once and lets it go."""

import json
import logging
from collections.abc import Iterator

import pytest
from operator_process import eventually
from prometheus_client import CollectorRegistry
from scene import Scene

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.controller.metrics import OperatorMetrics
from operators.telecom_pipeline.controller.watchdog import Watchdog
from operators.telecom_pipeline.controller.worker import NAMESPACE_ENDING_RESULT, Worker
from operators.telecom_pipeline.figures.recent_figures import RecentFigures
from operators.telecom_pipeline.figures.sink_figures import NoFigures
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import NamespaceEndingError
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]


@pytest.fixture
def ending(scene: Scene) -> Iterator[Scene]:
    """A pipeline in a namespace whose deletion has begun and does not go on: nobody has deleted what is in it yet."""
    scene.apply()
    scene.control_plane.kill("kube-controller-manager")
    scene.control_plane.kubectl("delete", "namespace", scene.namespace, "--wait=false")
    yield scene
    scene.control_plane.start_controllers()


def passes(registry: CollectorRegistry, result: str) -> float:
    return registry.get_sample_value("telecom_operator_reconciles_total", {"result": result}) or 0.0


def test_an_object_for_an_ending_namespace_is_refused_as_such(ending: Scene, cluster: KubeCluster) -> None:
    metadata = {"name": "late", "namespace": ending.namespace}
    with pytest.raises(NamespaceEndingError, match="its namespace is being deleted"):
        cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}})


def test_one_refusal_is_enough_and_is_no_error(
    ending: Scene, cluster: KubeCluster, caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    metrics = OperatorMetrics(registry, lambda: 0.0)
    worker = Worker(cluster, metrics, Watchdog(600), RecentFigures(NoFigures(), 60))
    ref = Ref(TELECOM_PIPELINE, ending.namespace, "minimal")
    with caplog.at_level(logging.WARNING):
        assert all(worker.reconcile(ref, None).is_settled for _ in range(3))
    assert caplog.records == []
    assert passes(registry, NAMESPACE_ENDING_RESULT) == 3
    assert ending.children() == []
    assert cluster.list(names.CONFIG_MAP, ending.namespace) == []


@pytest.mark.usefixtures("upstream", "running")
def test_a_namespace_with_a_pipeline_goes_as_a_whole(scene: Scene) -> None:
    scene.apply()
    scene.wait_ready()
    scene.control_plane.kubectl("delete", "namespace", scene.namespace, "--wait=false")
    eventually(lambda: scene.namespace not in namespaces(scene), seconds=90, what="the namespace gone")


def namespaces(scene: Scene) -> set[str]:
    items = json.loads(scene.control_plane.kubectl("get", "namespaces", "-o", "json"))["items"]
    return {each["metadata"]["name"] for each in items}
