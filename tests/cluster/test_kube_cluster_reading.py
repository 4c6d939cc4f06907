"""What KubeCluster reads comes from watches that outlive faults and end when it is closed."""

import threading

import pytest
from api_servers import api_server
from fault_proxy import Fault, Faults
from operator_process import eventually
from plain_objects import CONFIG_MAP, config_map, deployment

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects import labels
from operators.telecom_pipeline.objects.cluster import KindMissingError
from operators.telecom_pipeline.objects.manifest import Kind, Ref, ref_of

pytestmark = pytest.mark.engine

DEPLOYMENT_WATCH = "/apis/apps/v1/deployments?watch=true"


def test_reads_come_from_the_watch(proxied_cluster: tuple[KubeCluster, Faults], namespace: str) -> None:
    cluster, faults = proxied_cluster
    ref = ref_of(cluster.apply(config_map(namespace, a="1")))
    reads_before = len(faults.reads())
    for _ in range(20):
        assert cluster.get(ref)
        assert cluster.list(CONFIG_MAP, namespace, labels.owned_by("p"))
    assert len(faults.reads()) == reads_before


def test_objects_of_others_are_not_read_at_every_look(
    control_plane: ControlPlane, proxied_cluster: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied_cluster
    ref = Ref(CONFIG_MAP, namespace, "lakehouse-s3")
    assert cluster.get(ref) is None
    control_plane.kubectl("-n", namespace, "create", "configmap", ref.name, "--from-literal=endpoint=x")
    reads_before = len(faults.reads())
    for _ in range(5):
        assert (cluster.get(ref) or {})["data"] == {"endpoint": "x"}
    assert len(faults.reads()) == reads_before + 1


def test_a_lost_watch_and_an_expired_version_are_recovered(
    control_plane: ControlPlane, proxied_cluster: tuple[KubeCluster, Faults], namespace: str
) -> None:
    cluster, faults = proxied_cluster
    cluster.apply(config_map(namespace, a="1"))
    faults.upcoming.append(Fault("GET", 410, times=1, path=DEPLOYMENT_WATCH))
    faults.upcoming.append(Fault("GET", 0, times=2, path=DEPLOYMENT_WATCH))
    cluster.apply(deployment(namespace))
    eventually(lambda: faults.are_used_up)
    control_plane.kubectl("-n", namespace, "scale", "deployment", "sink", "--replicas=3")
    ref = Ref(Kind("apps/v1", "Deployment"), namespace, "sink")
    eventually(lambda: (cluster.get(ref) or {"spec": {"replicas": 0}})["spec"]["replicas"] == 3)


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
