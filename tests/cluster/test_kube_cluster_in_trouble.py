"""KubeCluster at an API server in trouble: calls are repeated with pauses, and what stays wrong is said."""

from itertools import pairwise
from pathlib import Path

import pytest
from api_servers import api_server
from fault_proxy import Fault, Faults, fault_proxy
from plain_objects import CONFIG_MAP, config_map

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects.cluster import ClusterError, RejectedError
from operators.telecom_pipeline.objects.manifest import Ref

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("code", [0, 409, 429, 500, 503])
def test_a_server_in_trouble_is_written_to_again(
    proxied_cluster: tuple[KubeCluster, Faults], namespace: str, code: int
) -> None:
    cluster, faults = proxied_cluster
    cluster.list(CONFIG_MAP, namespace)
    faults.upcoming.append(Fault("PATCH", code, times=2))
    cluster.apply(config_map(namespace, a="1"))
    assert [call.code for call in faults.writes()] == [code, code, 201]
    assert cluster.list(CONFIG_MAP, namespace)[0]["data"] == {"a": "1"}


@pytest.mark.parametrize("code", [0, 429, 500, 503])
def test_a_server_in_trouble_is_read_again(
    proxied_cluster: tuple[KubeCluster, Faults], control_plane: ControlPlane, namespace: str, code: int
) -> None:
    cluster, faults = proxied_cluster
    control_plane.kubectl("-n", namespace, "create", "configmap", "lakehouse-s3", "--from-literal=endpoint=x")
    ref = Ref(CONFIG_MAP, namespace, "lakehouse-s3")
    faults.upcoming.append(Fault("GET", code, times=2, path=f"/{ref.name}"))
    assert (cluster.get(ref) or {})["data"] == {"endpoint": "x"}
    assert [call.code for call in faults.reads() if call.path.endswith(ref.name)] == [code, code, 200]


def test_a_server_that_names_a_pause_is_left_alone_for_so_long(
    proxied_cluster: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied_cluster
    faults.upcoming.append(Fault("PATCH", 429, times=2, retry_after="1"))
    cluster.apply(config_map(namespace, a="1"))
    assert all(pause >= 1.0 for pause in pauses(faults))


def test_a_server_that_names_none_is_asked_ever_less_often(
    proxied_cluster: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied_cluster
    faults.upcoming.append(Fault("PATCH", 500, times=4))
    cluster.apply(config_map(namespace, a="1"))
    assert all(pause >= least for pause, least in zip(pauses(faults), (0.1, 0.2, 0.4, 0.8), strict=True))


def test_a_write_that_always_loses_the_race_says_so(control_plane: ControlPlane, tmp_path: Path) -> None:
    with fault_proxy(control_plane.kubeconfig, tmp_path) as (kubeconfig, faults):
        faults.upcoming.append(Fault("PATCH", 409, times=100))
        cluster = KubeCluster(api_server(kubeconfig, attempts=2))
        with pytest.raises(ClusterError, match="409 Conflict") as refused:
            cluster.apply(config_map("default", a="1"))
        assert not isinstance(refused.value, RejectedError)
        cluster.close()


def pauses(faults: Faults) -> list[float]:
    """Seconds from each write to the next."""
    times = [call.at for call in faults.writes()]
    return [later - earlier for earlier, later in pairwise(times)]


def test_an_unreachable_server_is_a_readable_error(control_plane: ControlPlane, tmp_path: Path) -> None:
    with fault_proxy(control_plane.kubeconfig, tmp_path) as (kubeconfig, faults):
        faults.upcoming.append(Fault("GET", 503, times=100))
        cluster = KubeCluster(api_server(kubeconfig, attempts=2))
        with pytest.raises(ClusterError, match="kubectl get --raw /readyz"):
            cluster.list(CONFIG_MAP, "default")
        cluster.close()
