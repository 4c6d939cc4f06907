"""What KubeCluster writes to a real API server: only what is new, over drift, but not over what others wrote."""

from collections.abc import Callable

import pytest
from api_servers import api_server
from fault_proxy import Faults
from operator_process import eventually
from plain_objects import config_map, deployment

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import labels
from operators.telecom_pipeline.objects.cluster import RejectedError
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, kind_of, ref_of

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("build", [config_map, deployment])
def test_applying_an_unchanged_manifest_sends_no_write(
    proxied_cluster: tuple[KubeCluster, Faults], namespace: str, build: Callable[[str], Manifest]
) -> None:
    cluster, faults = proxied_cluster
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


def test_a_refused_object_names_the_field(cluster: KubeCluster, namespace: str) -> None:
    broken = deployment(namespace)
    broken["spec"]["replicas"] = -1
    with pytest.raises(RejectedError, match=r"spec\.replicas"):
        cluster.apply(broken)


@pytest.mark.usefixtures("crds")
def test_a_field_that_the_crd_lacks_is_refused_at_once(
    proxied_cluster: tuple[KubeCluster, Faults], control_plane: ControlPlane, namespace: str
) -> None:
    cluster, faults = proxied_cluster
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


def test_deleting_leaves_nothing_and_twice_is_no_error(cluster: KubeCluster, namespace: str) -> None:
    manifest = config_map(namespace, a="1")
    cluster.apply(manifest)
    cluster.delete(ref_of(manifest))
    cluster.delete(ref_of(manifest))
    eventually(lambda: not cluster.list(kind_of(manifest), namespace))
