"""A changed spec on a real API server: step by step, back when a step fails, on with it after a crash, or only told."""

import json
from pathlib import Path
from typing import Any

import pytest
from operator_process import OperatorProcess, eventually, operator
from pipelines import apply, changed, sample
from scene import Scene
from test_command import telecom
from upstream import Upstream

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]

# Touches Kafka's nodes, topics, the sink and the source.
CHANGES: dict[str, object] = {
    "spec.kafka.resources": {"cpu": "700m", "memory": "3Gi"},
    "spec.kafka.topics": {"retentionHours": 5},
    "spec.image": {"tag": "new"},
    "spec.upgrade": {"stepTimeoutSeconds": 4},
}
CHILD_BY_STEP = {
    "kafka": "minimal-dual-role",
    "topics": "minimal-call-events",
    "bronze": "minimal-kafka-to-bronze",
    "sources": "minimal-cdr-producer",
}
NOT_SEEN_YET = {"observedGeneration": 0}


def apply_changes(scene: Scene, **more: object) -> None:
    manifest = sample("minimal", scene.namespace)
    for path, value in (CHANGES | more).items():
        manifest = changed(manifest, path, value)
    apply(scene.control_plane, manifest)


def upgrade(scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = scene.status().get("upgrade", {})
    return found


def image_of_the_sink(scene: Scene) -> str:
    path = "{.spec.template.spec.containers[0].image}"
    return scene.kubectl("get", "deployment", "minimal-kafka-to-bronze", "-o", f"jsonpath={path}")


def specs(scene: Scene) -> dict[str, str]:
    """What every child is asked to be, the operator's own records left out."""
    names = [name for name in scene.children() if not name.endswith(("-accepted-spec", "-revisions"))]
    found = json.loads(scene.kubectl("get", *names, "-o", "json"))["items"]
    return {
        f"{each['kind']}/{each['metadata']['name']}": json.dumps(each.get("spec") or each.get("data")) for each in found
    }


@pytest.mark.usefixtures("running", "upstream")
def test_a_changed_spec_arrives_and_a_rollback_by_hand_takes_it_back(scene: Scene) -> None:
    scene.apply()
    scene.wait_ready()
    before = specs(scene)
    apply_changes(scene)
    scene.wait_ready()
    done = upgrade(scene)
    assert (done["state"], [step["stage"] for step in done["steps"]]) == ("Completed", list(CHILD_BY_STEP))
    assert image_of_the_sink(scene).endswith(":new")
    shown = telecom(scene.control_plane, "status", "minimal", "-n", scene.namespace)
    assert "Completed" in shown.stdout
    went_back = telecom(scene.control_plane, "rollback", "minimal", "-n", scene.namespace)
    assert went_back.returncode == 0, went_back.stderr
    eventually(lambda: upgrade(scene)["toRevision"] > done["toRevision"], what="the way back")
    scene.wait_ready()
    assert specs(scene) == before
    rendered = telecom(scene.control_plane, "render", "minimal", "-n", scene.namespace)
    assert "kind: KafkaNodePool" in rendered.stdout


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("step", CHILD_BY_STEP)
def test_a_failed_step_brings_everything_back_and_is_named(scene: Scene, upstream: Upstream, step: str) -> None:
    scene.apply()
    scene.wait_ready()
    before = specs(scene)
    upstream.failing[CHILD_BY_STEP[step]] = NOT_SEEN_YET
    apply_changes(scene)
    eventually(lambda: scene.condition("Degraded") == "True", what="the step failing", seconds=60)
    upstream.failing.clear()
    eventually(lambda: upgrade(scene)["state"] == "RolledBack", what="the rollback", seconds=60)
    assert specs(scene) == before
    message = next(each for each in scene.status()["conditions"] if each["type"] == "Degraded")["message"]
    assert f"step {step} was not ready within 4 s" in message
    assert f"step {step} was not ready" in scene.kubectl("get", "events", "-o", "json")


@pytest.mark.usefixtures("upstream")
def test_an_operator_killed_between_plan_and_apply_is_continued_by_the_next(scene: Scene, tmp_path: Path) -> None:
    kubeconfig = scene.control_plane.kubeconfig
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, leader_election="false") as first:
        scene.apply()
        scene.wait_ready()
        apply_changes(scene, **{"spec.upgrade": {"stepTimeoutSeconds": 600}})
        eventually(lambda: bool(upgrade(scene)), what="the plan")
        first.kill()
    with operator(kubeconfig, tmp_path, namespace=scene.namespace, identity="two", leader_election="false"):
        eventually(lambda: upgrade(scene)["state"] == "Completed", what="the upgrade", seconds=60)
        scene.wait_ready()
    assert image_of_the_sink(scene).endswith(":new")


@pytest.mark.usefixtures("upstream")
def test_a_dry_run_writes_to_the_status_only(scene: Scene, running: OperatorProcess) -> None:
    scene.apply()
    scene.wait_ready()
    versions = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{'\\n'}{end}"
    before = scene.kubectl("get", *scene.children(), "-o", versions)
    apply_changes(scene, **{"spec.mode": "DryRun"})
    eventually(lambda: "dryRun" in scene.status(), what="the dry run")
    found = scene.status()["dryRun"]
    assert [step["stage"] for step in found["steps"]] == list(CHILD_BY_STEP)
    assert any(":new" in change["diff"] for change in found["changes"])
    writes = running.writes()
    scene.kubectl("annotate", "tp", "minimal", "someone=looked")
    passes = running.metric("telecom_operator_reconciles_total")
    eventually(lambda: running.metric("telecom_operator_reconciles_total") > passes, what="another pass")
    assert running.writes() == writes
    assert scene.kubectl("get", *scene.children(), "-o", versions) == before
