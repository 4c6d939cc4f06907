"""KubeCluster keeps the contract of `Cluster` on a real API server, in good weather and bad."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from api_servers import api_server
from fault_proxy import Fault, Faults, fault_proxy

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import labels
from operators.telecom_pipeline.objects.cluster import ClusterError, KindMissingError, RejectedError
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, kind_of, ref_of

pytestmark = pytest.mark.engine

CONFIG_MAP = Kind("v1", "ConfigMap")
DEPLOYMENT_WATCH = "/apis/apps/v1/deployments?watch=true"


def config_map(namespace: str, name: str = "settings", **data: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": labels.labels("p", name, "bronze")},
        "data": data,
    }


def deployment(namespace: str) -> Manifest:
    container = {"name": "main", "image": "localhost/x:1", "resources": {"requests": {"cpu": "0.5"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "sink", "namespace": namespace, "labels": labels.labels("p", "sink", "bronze")},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "sink"}},
            "template": {"metadata": {"labels": {"app": "sink"}}, "spec": {"containers": [container]}},
        },
    }


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not become true in time"
        time.sleep(0.05)


@pytest.fixture
def proxied(control_plane: ControlPlane, tmp_path: Path) -> Iterator[tuple[KubeCluster, Faults]]:
    with fault_proxy(control_plane.kubeconfig, tmp_path) as (kubeconfig, faults):
        cluster = KubeCluster(api_server(kubeconfig))
        yield cluster, faults
        cluster.close()


@pytest.mark.parametrize("build", [config_map, deployment])
def test_applying_an_unchanged_manifest_sends_no_write(
    proxied: tuple[KubeCluster, Faults], namespace: str, build: Callable[[str], Manifest]
) -> None:
    cluster, faults = proxied
    first = cluster.apply(build(namespace))
    writes_before = len(faults.writes())
    second = cluster.apply(build(namespace))
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert len(faults.writes()) == writes_before


def test_a_new_process_applies_the_same_manifest_without_a_new_version(
    control_plane: ControlPlane, cluster: KubeCluster, namespace: str
) -> None:
    first = cluster.apply(deployment(namespace))
    restarted = KubeCluster(api_server(control_plane.kubeconfig))
    try:
        assert (
            restarted.apply(deployment(namespace))["metadata"]["resourceVersion"]
            == (first["metadata"]["resourceVersion"])
        )
    finally:
        restarted.close()


def test_a_field_left_out_later_is_removed(cluster: KubeCluster, namespace: str) -> None:
    cluster.apply(config_map(namespace, a="1", b="2"))
    assert cluster.apply(config_map(namespace, a="1"))["data"] == {"a": "1"}


def test_drift_is_corrected_and_the_conflict_reported(control_plane: ControlPlane, namespace: str) -> None:
    conflicts: list[tuple[Ref, str]] = []
    cluster = KubeCluster(
        api_server(control_plane.kubeconfig),
        on_conflict=lambda manifest, why: conflicts.append((ref_of(manifest), why)),
    )
    try:
        manifest = config_map(namespace, a="1")
        cluster.apply(manifest)
        control_plane.kubectl(
            "-n", namespace, "patch", "configmap", "settings", "--type=merge", "-p", '{"data": {"a": "changed"}}'
        )
        eventually(lambda: (cluster.get(ref_of(manifest)) or {}).get("data") == {"a": "changed"})
        assert cluster.apply(manifest)["data"] == {"a": "1"}
        assert conflicts[0][0] == ref_of(manifest)
        assert "kubectl-patch" in conflicts[0][1]
    finally:
        cluster.close()


def test_fields_of_other_managers_are_left_alone(
    control_plane: ControlPlane, cluster: KubeCluster, namespace: str
) -> None:
    manifest = config_map(namespace, a="1")
    cluster.apply(manifest)
    control_plane.kubectl("-n", namespace, "annotate", "configmap", "settings", "others=note")
    eventually(lambda: bool((cluster.get(ref_of(manifest)) or {"metadata": {}})["metadata"].get("annotations")))
    assert cluster.apply(manifest)["metadata"]["annotations"] == {"others": "note"}


def test_each_stage_is_its_own_field_manager(cluster: KubeCluster, namespace: str) -> None:
    stored = cluster.apply(config_map(namespace, a="1"))
    assert [entry["manager"] for entry in stored["metadata"]["managedFields"]] == ["telecom-pipeline/bronze"]


@pytest.mark.parametrize("code", [0, 409, 429, 500, 503])
def test_a_server_in_trouble_is_written_to_again(
    proxied: tuple[KubeCluster, Faults], namespace: str, code: int
) -> None:
    cluster, faults = proxied
    cluster.list(CONFIG_MAP, namespace)
    faults.upcoming.append(Fault("PATCH", code, times=2))
    cluster.apply(config_map(namespace, a="1"))
    assert [call.code for call in faults.writes()] == [code, code, 201]
    assert cluster.list(CONFIG_MAP, namespace)[0]["data"] == {"a": "1"}


@pytest.mark.parametrize("code", [0, 429, 500, 503])
def test_a_server_in_trouble_is_read_again(
    proxied: tuple[KubeCluster, Faults], control_plane: ControlPlane, namespace: str, code: int
) -> None:
    cluster, faults = proxied
    control_plane.kubectl("-n", namespace, "create", "configmap", "lakehouse-s3", "--from-literal=endpoint=x")
    ref = Ref(CONFIG_MAP, namespace, "lakehouse-s3")
    faults.upcoming.append(Fault("GET", code, times=2, path=f"/{ref.name}"))
    assert (cluster.get(ref) or {})["data"] == {"endpoint": "x"}
    assert [call.code for call in faults.reads() if call.path.endswith(ref.name)] == [code, code, 200]


def test_a_server_that_names_a_pause_is_left_alone_for_so_long(
    proxied: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied
    faults.upcoming.append(Fault("PATCH", 429, times=2, retry_after="1"))
    cluster.apply(config_map(namespace, a="1"))
    assert all(pause >= 1.0 for pause in pauses(faults))


def test_a_server_that_names_none_is_asked_ever_less_often(proxied: tuple[KubeCluster, Faults], namespace: str) -> None:
    cluster, faults = proxied
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


def test_a_refused_object_names_the_field(cluster: KubeCluster, namespace: str) -> None:
    broken = deployment(namespace)
    broken["spec"]["replicas"] = -1
    with pytest.raises(RejectedError, match=r"spec\.replicas"):
        cluster.apply(broken)


@pytest.mark.usefixtures("crds")
def test_a_field_that_the_crd_lacks_is_refused_at_once(
    proxied: tuple[KubeCluster, Faults], control_plane: ControlPlane, namespace: str
) -> None:
    cluster, faults = proxied
    user = {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaUser",
        "metadata": {"name": "x", "namespace": namespace, "labels": labels.labels("p", "x", "users")},
        "spec": {},
    }
    cluster.apply(user)
    with pytest.raises(RejectedError, match="field not declared in schema"):
        cluster.apply_status(ref_of(user), {"colour": "green"})
    assert len([call for call in faults.writes() if call.path.split("?")[0].endswith("/status")]) == 1


def test_reads_come_from_the_watch(proxied: tuple[KubeCluster, Faults], namespace: str) -> None:
    cluster, faults = proxied
    ref = ref_of(cluster.apply(config_map(namespace, a="1")))
    reads_before = len(faults.reads())
    for _ in range(20):
        assert cluster.get(ref)
        assert cluster.list(CONFIG_MAP, namespace, labels.owned_by("p"))
    assert len(faults.reads()) == reads_before


def test_objects_of_others_are_not_read_at_every_look(
    control_plane: ControlPlane, proxied: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied
    ref = Ref(CONFIG_MAP, namespace, "lakehouse-s3")
    assert cluster.get(ref) is None
    control_plane.kubectl("-n", namespace, "create", "configmap", ref.name, "--from-literal=endpoint=x")
    reads_before = len(faults.reads())
    for _ in range(5):
        assert (cluster.get(ref) or {})["data"] == {"endpoint": "x"}
    assert len(faults.reads()) == reads_before + 1


def test_a_lost_watch_and_an_expired_version_are_recovered(
    control_plane: ControlPlane, proxied: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied
    cluster.apply(config_map(namespace, a="1"))
    faults.upcoming.append(Fault("GET", 410, times=1, path=DEPLOYMENT_WATCH))
    faults.upcoming.append(Fault("GET", 0, times=2, path=DEPLOYMENT_WATCH))
    cluster.apply(deployment(namespace))
    eventually(lambda: faults.are_used_up)
    control_plane.kubectl("-n", namespace, "scale", "deployment", "sink", "--replicas=3")
    ref = Ref(Kind("apps/v1", "Deployment"), namespace, "sink")
    eventually(lambda: (cluster.get(ref) or {"spec": {"replicas": 0}})["spec"]["replicas"] == 3)


def test_deleting_leaves_nothing_and_twice_is_no_error(cluster: KubeCluster, namespace: str) -> None:
    manifest = config_map(namespace, a="1")
    cluster.apply(manifest)
    cluster.delete(ref_of(manifest))
    cluster.delete(ref_of(manifest))
    eventually(lambda: not cluster.list(kind_of(manifest), namespace))


def test_a_kind_that_is_not_served_is_named_and_found_once_installed(
    control_plane: ControlPlane, cluster: KubeCluster, namespace: str
) -> None:
    kind = Kind("late.example.com/v1", "Late")
    with pytest.raises(KindMissingError, match="Late"):
        cluster.list(kind, namespace)
    control_plane.kubectl("apply", "-f", "-", stdin=LATE_CRD)
    control_plane.kubectl("wait", "--for=condition=Established", "crd/lates.late.example.com", "--timeout=20s")
    try:
        manifest = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "metadata": {"name": "x", "namespace": namespace, "labels": labels.owned_by("p")},
            "spec": {"a": "1"},
        }
        cluster.apply(manifest)
        version = cluster.apply(manifest)["metadata"]["resourceVersion"]
        cluster.apply_status(ref_of(manifest), {"phase": "ok"})
        stored = cluster.get(ref_of(manifest)) or {}
        assert stored["status"] == {"phase": "ok"}
        assert stored["metadata"]["generation"] == 1
        assert stored["metadata"]["resourceVersion"] != version
        cluster.apply_status(ref_of(manifest), {"phase": "ok"})
        assert cluster.get(ref_of(manifest)) == stored
    finally:
        control_plane.kubectl("delete", "crd", "lates.late.example.com")


LATE_CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lates.late.example.com}
spec:
  group: late.example.com
  scope: Namespaced
  names: {kind: Late, plural: lates, singular: late}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""


def test_closing_leaves_no_thread_that_reads_from_a_descriptor_which_files_get_next(
    control_plane: ControlPlane, namespace: str
) -> None:
    before = set(threading.enumerate())
    cluster = KubeCluster(api_server(control_plane.kubeconfig))
    cluster.list(CONFIG_MAP, namespace)
    cluster.list(Kind("apps/v1", "Deployment"), namespace)
    assert set(threading.enumerate()) > before
    cluster.close()
    assert set(threading.enumerate()) <= before
