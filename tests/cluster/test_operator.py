"""The operator as a process on a real API server with real CRDs; tests write what upstream operators report."""

import json
import subprocess
from pathlib import Path

import pytest
from fault_proxy import Faults
from operator_process import OperatorProcess, eventually, operator
from scene import Scene
from upstream import Upstream

from local.kubernetes.crds import install_crds
from operators.telecom_pipeline.objects.names import CHILD_KINDS

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("name", ["minimal", "demo", "production"])
def test_every_child_of_a_sample_is_accepted_and_the_pipeline_becomes_ready(
    scene: Scene, running: OperatorProcess, name: str
) -> None:
    scene.apply(name)
    scene.wait_ready(name)
    ready, stage = scene.kubectl("get", "tp", name, "--no-headers").split()[1:3]
    assert (ready, stage) == ("True", "Running")
    assert running.metric("telecom_operator_reconciles_total", result="ApplyFailed") == 0


@pytest.mark.usefixtures("upstream")
def test_a_settled_pipeline_costs_no_write(scene: Scene, watched: tuple[OperatorProcess, Faults]) -> None:
    running, calls = watched
    scene.apply()
    scene.wait_ready()
    calls.wait_until_quiet()
    before = {line: scene.kubectl("get", line, "-o", "jsonpath={.metadata.generation}") for line in scene.children()}
    passes, changes = running.metric("telecom_operator_reconciles_total"), calls.changes()
    scene.kubectl("annotate", "tp", "minimal", "someone=looked")
    eventually(lambda: running.metric("telecom_operator_reconciles_total") > passes, what="another pass")
    assert calls.changes() == changes
    after = {line: scene.kubectl("get", line, "-o", "jsonpath={.metadata.generation}") for line in scene.children()}
    assert after == before


def test_ready_follows_the_children(scene: Scene, running: OperatorProcess, upstream: Upstream) -> None:
    scene.apply()
    scene.wait_ready()
    message = "following volumes are lost"
    upstream.failing["minimal"] = {
        "conditions": [{"type": "NotReady", "status": "True", "reason": "FatalProblem", "message": message}],
        "observedGeneration": 1,
    }
    eventually(lambda: scene.condition("Ready") == "False")
    assert scene.condition("Degraded") == "True"
    assert message in json.dumps(scene.status())
    scene.wait_until_told(message)
    upstream.failing.clear()
    scene.wait_ready()
    assert running.probe("/live") == 200


# A change by hand to a field that the operator writes, for each kind of child.
DRIFT = {
    "kafka/minimal": {"spec": {"kafka": {"config": {"min.insync.replicas": 2}}}},
    "kafkanodepool/minimal-dual-role": {"spec": {"replicas": 2}},
    "kafkatopic/minimal-call-events": {"spec": {"config": {"retention.ms": 1}}},
    "kafkauser/minimal-kafka-to-bronze": {"spec": {"authorization": {"acls": []}}},
    "configmap/minimal-kafka-to-bronze": {"data": {"settings.json": "{}"}},
    "deployment/minimal-kafka-to-bronze": {"spec": {"replicas": 5}},
    "job/demo-cdr-producer": {"spec": {"suspend": True}},
    "flinkdeployment/demo-fraud-detection": {"spec": {"job": {"parallelism": 7}}},
}


def test_a_change_by_hand_is_tried_on_every_kind_of_child() -> None:
    assert {child.split("/")[0] for child in DRIFT} == {kind.name.lower() for kind in CHILD_KINDS}


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("child", DRIFT)
def test_a_child_changed_by_hand_is_put_back_and_counted(scene: Scene, running: OperatorProcess, child: str) -> None:
    pipeline = child.partition("/")[2].partition("-")[0]
    scene.apply(pipeline)
    scene.wait_ready(pipeline)
    before = scene.kubectl("get", child, "-o", "jsonpath={.spec}{.data}")
    scene.kubectl("patch", child, "--type=merge", "-p", json.dumps(DRIFT[child]))
    eventually(lambda: running.metric("telecom_operator_drift_corrections_total") == 1, what="a correction")
    scene.wait_until_told(child.partition("/")[2], "kubectl", reason="ChildChangedByOther")
    eventually(lambda: scene.kubectl("get", child, "-o", "jsonpath={.spec}{.data}") == before)


@pytest.mark.usefixtures("upstream", "running")
def test_a_child_of_every_kind_deleted_by_hand_comes_back(scene: Scene) -> None:
    scene.apply("demo")
    scene.wait_ready("demo")
    before = set(scene.children())
    one_of_each = {line.split("/")[0]: line for line in before}
    assert len(one_of_each) == len(CHILD_KINDS)
    for child in one_of_each.values():
        scene.kubectl("delete", child, "--wait=false")
    eventually(lambda: set(scene.children()) == before)
    scene.wait_ready("demo")


@pytest.mark.usefixtures("upstream", "running")
def test_a_deleted_pipeline_leaves_nothing(scene: Scene) -> None:
    scene.apply()
    scene.wait_ready()
    scene.kubectl("delete", "tp", "minimal", "--timeout=60s")
    assert scene.children() == []


@pytest.mark.usefixtures("upstream", "running")
def test_a_foreground_deletion_as_argo_cd_does_keeps_the_order(scene: Scene) -> None:
    scene.apply()
    scene.wait_ready()
    scene.kubectl("delete", "tp", "minimal", "--cascade=foreground", "--timeout=60s")
    assert scene.children() == []


@pytest.mark.usefixtures("running")
def test_a_pipeline_can_be_deleted_while_its_children_are_broken(scene: Scene, upstream: Upstream) -> None:
    upstream.failing["minimal"] = {
        "conditions": [{"type": "NotReady", "status": "True", "reason": "FatalProblem", "message": "broken"}],
        "observedGeneration": 1,
    }
    scene.apply()
    eventually(lambda: scene.condition("Degraded") == "True")
    scene.kubectl("delete", "tp", "minimal", "--timeout=60s")
    assert scene.children() == []


@pytest.mark.usefixtures("upstream")
def test_an_operator_killed_in_the_middle_is_continued_by_the_next(scene: Scene, tmp_path: Path) -> None:
    kubeconfig = scene.control_plane.kubeconfig
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, leader_election="false") as first:
        scene.apply()
        eventually(lambda: bool(scene.children()), what="the first child")
        first.kill()
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, identity="two", leader_election="false"):
        scene.wait_ready()


@pytest.mark.usefixtures("upstream")
def test_of_two_operators_one_works_and_the_other_takes_over(scene: Scene, tmp_path: Path) -> None:
    kubeconfig = scene.control_plane.kubeconfig
    with (
        operator(kubeconfig, tmp_path, namespace=scene.namespace, identity="one") as first,
        operator(kubeconfig, tmp_path, namespace=scene.namespace, identity="two") as second,
    ):
        eventually(lambda: first.metric("telecom_operator_leader") + second.metric("telecom_operator_leader") == 1)
        leader, standby = (first, second) if first.metric("telecom_operator_leader") else (second, first)
        scene.apply()
        scene.wait_ready()
        assert standby.metric("telecom_operator_reconciles_total") == 0
        leader.kill()
        eventually(lambda: standby.metric("telecom_operator_leader") == 1, what="the standby leading", seconds=40)
        scene.apply(spec__bronze__commitIntervalSeconds=7)
        eventually(lambda: "7" in scene.kubectl("get", "cm", "minimal-kafka-to-bronze", "-o", "jsonpath={.data}"))


@pytest.mark.usefixtures("upstream")
def test_the_operator_outlives_a_restart_of_the_api_server(scene: Scene, running: OperatorProcess) -> None:
    scene.apply()
    scene.wait_ready()
    scene.control_plane.kill("kube-apiserver")
    scene.control_plane.start_api_server()
    scene.apply(spec__bronze__commitIntervalSeconds=7)
    eventually(lambda: "7" in scene.kubectl("get", "cm", "minimal-kafka-to-bronze", "-o", "jsonpath={.data}"))
    scene.wait_ready()
    assert running.process.poll() is None
    assert running.probe("/live") == 200


@pytest.mark.usefixtures("upstream", "running")
def test_a_missing_crd_is_named_and_the_pipeline_goes_on_once_it_is_installed(scene: Scene) -> None:
    scene.kubectl("delete", "crd", "kafkausers.kafka.strimzi.io")
    try:
        scene.apply()
        eventually(lambda: scene.stage("users").get("reason") == "CRDMissing", what="reason CRDMissing")
        eventually(lambda: scene.stage("topics")["state"] == "Ready", what="topics, which need no users")
        assert scene.condition("Degraded") == "False"
    finally:
        install_crds(scene.control_plane.kubectl)
    scene.wait_ready()


def test_liveness_fails_while_the_api_server_is_silent(scene: Scene, tmp_path: Path) -> None:
    kubeconfig = scene.control_plane.kubeconfig
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, stale_watch_seconds="3") as process:
        eventually(lambda: process.metric("telecom_operator_leader") == 1)
        scene.control_plane.kill("kube-apiserver")
        try:
            eventually(lambda: process.probe("/live") == 503, what="liveness failing")
        finally:
            scene.control_plane.start_api_server()


def test_the_operator_stops_at_a_signal(scene: Scene, running: OperatorProcess) -> None:
    running.process.terminate()
    assert running.process.wait(15) == 0


def test_a_wrong_environment_is_named() -> None:
    done = subprocess.run(
        ["python", "-m", "operators.telecom_pipeline.controller"],
        env={"PATH": str(Path(__file__).parents[2] / ".venv" / "bin"), "TELECOM_WORKERS": "many"},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 2
    assert "TELECOM_WORKERS" in done.stderr
    assert "TELECOM_IDENTITY" in done.stderr
