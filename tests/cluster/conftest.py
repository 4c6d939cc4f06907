"""One real control plane for all cluster tests; each test gets a namespace of its own."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from api_servers import api_server
from fault_proxy import Faults, fault_proxy
from operator_process import OperatorProcess, operator
from pipelines import create_references
from scene import Scene
from upstream import Upstream

from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.crds import install_crds
from operators.telecom_pipeline.clusters.kube import KubeCluster

# The first test may build Kubernetes, when `telecom fetch --kubernetes` has not.
BUILD_SECONDS = 1800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    own = (item for item in items if item.path.parent == Path(__file__).parent)
    for item in own:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS))


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as running:
        yield running


@pytest.fixture
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    name = f"test-{secrets.token_hex(4)}"
    control_plane.kubectl("create", "namespace", name)
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@pytest.fixture
def cluster(control_plane: ControlPlane) -> Iterator[KubeCluster]:
    running = KubeCluster(api_server(control_plane.kubeconfig))
    yield running
    running.close()


@pytest.fixture
def proxied_cluster(control_plane: ControlPlane, tmp_path: Path) -> Iterator[tuple[KubeCluster, Faults]]:
    """A client whose calls are noted and may be spoiled."""
    with fault_proxy(control_plane.kubeconfig, tmp_path) as (kubeconfig, faults):
        running = KubeCluster(api_server(kubeconfig))
        yield running, faults
        running.close()


@pytest.fixture(scope="session")
def crds(control_plane: ControlPlane) -> None:
    install_crds(control_plane.kubectl)


@pytest.fixture
def scene(control_plane: ControlPlane, namespace: str) -> Iterator[Scene]:
    create_references(control_plane, namespace)
    with closing(Scene(control_plane, namespace)) as scene:
        yield scene


@pytest.fixture
def running(scene: Scene, tmp_path: Path) -> Iterator[OperatorProcess]:
    with operator(scene.control_plane.kubeconfig, tmp_path, namespace=scene.namespace) as process:
        yield process


@pytest.fixture
def watched(scene: Scene, tmp_path: Path) -> Iterator[tuple[OperatorProcess, Faults]]:
    """An operator each of whose calls is noted by kind."""
    with (
        fault_proxy(scene.control_plane.kubeconfig, tmp_path) as (kubeconfig, calls),
        operator(kubeconfig, tmp_path, namespace=scene.namespace) as process,
    ):
        yield process, calls


@pytest.fixture
def upstream(cluster: KubeCluster, scene: Scene) -> Iterator[Upstream]:
    with Upstream(cluster, scene.namespace) as stand_in:
        yield stand_in
