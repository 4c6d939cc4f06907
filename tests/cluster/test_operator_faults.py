"""The operator behind a proxy: an API server in trouble, watches that break, a crash at the worst moment."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from api_servers import api_server
from fault_proxy import Fault, Faults, fault_proxy
from operator_process import OperatorProcess, eventually, operator
from pipelines import create_references
from scene import Scene
from upstream import Upstream

from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.crds import install_crds
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects.custom_resource import PLURAL

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]

POOL = "minimal-dual-role"
BIGGER_NODES = {"cpu": "700m", "memory": "3Gi"}
FOREVER = 1_000_000


@pytest.fixture
def proxied(scene: Scene, tmp_path: Path) -> Iterator[tuple[OperatorProcess, Faults]]:
    with (
        fault_proxy(scene.control_plane.kubeconfig, tmp_path) as (kubeconfig, faults),
        operator(kubeconfig, tmp_path, namespace=scene.namespace, leader_election="false") as process,
    ):
        yield process, faults


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("code", [0, 409, 429, 500, 503])
def test_refused_writes_are_made_up_for_and_nobody_is_alarmed(
    scene: Scene, proxied: tuple[OperatorProcess, Faults], code: int
) -> None:
    _, faults = proxied
    retry_after = "1" if code == 429 else None
    faults.upcoming += [
        Fault("PATCH", code, times=2, path=path, retry_after=retry_after)
        for path in ("/kafkas/", "/kafkausers/minimal-kafka-to-bronze", "/deployments/", f"/{PLURAL}/minimal/status")
    ]
    scene.apply()
    scene.wait_ready()
    assert faults.are_used_up
    assert "ChildFailed" not in scene.kubectl("get", "events", "-o", "json")


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("code", [0, 429, 500, 503])
def test_refused_reads_are_made_up_for_and_nobody_is_alarmed(scene: Scene, tmp_path: Path, code: int) -> None:
    scene.apply()
    with fault_proxy(scene.control_plane.kubeconfig, tmp_path) as (kubeconfig, faults):
        faults.upcoming += [
            Fault("GET", code, times=2, path=path)
            for path in ("/apis/kafka.strimzi.io/v1", "/deployments", f"/{PLURAL}", "/configmaps/lakehouse-s3")
        ]
        with operator(kubeconfig, tmp_path, namespace=scene.namespace, leader_election="false"):
            scene.wait_ready()
        assert faults.are_used_up
    assert "ChildFailed" not in scene.kubectl("get", "events", "-o", "json")


@pytest.mark.usefixtures("upstream")
def test_what_happened_while_the_watches_were_down_is_seen(
    scene: Scene, proxied: tuple[OperatorProcess, Faults]
) -> None:
    _, faults = proxied
    scene.apply()
    scene.wait_ready()
    down = Fault("GET", 503, times=FOREVER, path="watch=true")
    faults.upcoming.append(down)
    faults.cut_streams()
    scene.kubectl("patch", "kafkatopic/minimal-call-events", "--type=merge", "-p", '{"spec": {"partitions": 99}}')
    scene.kubectl("delete", "kafkauser/minimal-auditor")
    scene.apply(spec__bronze__commitIntervalSeconds=7)
    down.times = 0
    eventually(lambda: "7" in scene.kubectl("get", "cm", "minimal-kafka-to-bronze", "-o", "jsonpath={.data}"))
    eventually(lambda: "99" not in scene.kubectl("get", "kafkatopic/minimal-call-events", "-o", "jsonpath={.spec}"))
    eventually(lambda: "kafkauser.kafka.strimzi.io/minimal-auditor" in scene.children())
    scene.wait_ready()


@pytest.mark.usefixtures("upstream")
def test_a_version_that_the_api_server_no_longer_knows_means_a_new_list(
    scene: Scene, proxied: tuple[OperatorProcess, Faults]
) -> None:
    process, faults = proxied
    scene.apply()
    scene.wait_ready()
    down = Fault("GET", 503, times=FOREVER, path="kafkausers?watch=true")
    faults.upcoming.append(down)
    faults.cut_streams()
    scene.kubectl("delete", "kafkauser/minimal-auditor")
    # What an API server remembers of changes begins again with its process.
    scene.control_plane.kill("kube-apiserver")
    scene.control_plane.start_api_server()
    lists_before = [call for call in faults.reads() if "/kafkausers" in call.path and call.code == 200]
    down.times = 0
    eventually(lambda: "kafkauser.kafka.strimzi.io/minimal-auditor" in scene.children(), seconds=60)
    lists = [call for call in faults.reads() if "/kafkausers" in call.path and call.code == 200]
    assert len(lists) > len(lists_before)
    scene.wait_ready()
    assert process.probe("/live") == 200


@pytest.mark.usefixtures("upstream")
def test_a_crash_after_the_plan_is_written_and_before_anything_is_applied_is_made_up_for(
    scene: Scene, tmp_path: Path
) -> None:
    kubeconfig = scene.control_plane.kubeconfig
    with (
        fault_proxy(kubeconfig, tmp_path) as (through_proxy, faults),
        operator(through_proxy, tmp_path, namespace=scene.namespace, leader_election="false") as first,
    ):
        scene.apply()
        scene.wait_ready()
        faults.upcoming.append(Fault("PATCH", 503, times=FOREVER, path=f"/kafkanodepools/{POOL}"))
        scene.apply(spec__kafka__resources=BIGGER_NODES)
        eventually(lambda: any(POOL in call.path and call.code == 503 for call in faults.calls), what="the first write")
        first.kill()
    steps = scene.status()["upgrade"]["steps"]
    assert [(step["stage"], step["state"]) for step in steps] == [("kafka", "Running")]
    assert "700m" not in pool(scene)
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, identity="two", leader_election="false"):
        eventually(lambda: scene.status()["upgrade"]["state"] == "Completed", what="the upgrade", seconds=60)
    assert "700m" in pool(scene)


@pytest.mark.usefixtures("upstream")
def test_two_operators_without_a_lease_agree_and_come_to_rest(scene: Scene, tmp_path: Path) -> None:
    settings = {"namespace": scene.namespace, "leader_election": "false"}
    with (
        fault_proxy(scene.control_plane.kubeconfig, tmp_path) as (kubeconfig, calls),
        operator(kubeconfig, tmp_path, identity="one", **settings) as first,
        operator(kubeconfig, tmp_path, identity="two", **settings) as second,
    ):
        scene.apply()
        scene.wait_ready()
        calls.wait_until_quiet()
        both, changes = (first, second), calls.changes()
        passes = [each.metric("telecom_operator_reconciles_total") for each in both]
        scene.kubectl("annotate", "tp", "minimal", "someone=looked")
        eventually(
            lambda: all(
                each.metric("telecom_operator_reconciles_total") > before
                for each, before in zip(both, passes, strict=True)
            ),
            what="a pass of both",
        )
        assert calls.changes() == changes
        assert sum(each.metric("telecom_operator_drift_corrections_total") for each in both) == 0


def test_an_operator_that_starts_before_every_crd_goes_to_work_once_they_are_installed(tmp_path: Path) -> None:
    # A control plane of its own: pipelines that other tests left would keep their CRD.
    with (
        ControlPlane(tmp_path / "control-plane") as control_plane,
        closing(KubeCluster(api_server(control_plane.kubeconfig))) as cluster,
        closing(Scene(control_plane, "default")) as scene,
    ):
        create_references(control_plane, scene.namespace)
        with operator(control_plane.kubeconfig, tmp_path, namespace=scene.namespace) as process:
            eventually(lambda: "does not serve TelecomPipeline" in process.log.read_text())
            install_crds(control_plane.kubectl)
            with Upstream(cluster, scene.namespace):
                scene.apply()
                scene.wait_ready()


def pool(scene: Scene) -> str:
    return json.dumps(json.loads(scene.kubectl("get", "kafkanodepool", POOL, "-o", "json"))["spec"])
