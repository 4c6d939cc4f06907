"""`telecom kube` against a real API server, as a user types it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pipelines import apply, changed, create_references, sample

from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.node import Node
from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.reconcile.one_pass import reconcile

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]


def telecom(control_plane: ControlPlane | Node, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KUBECONFIG": str(control_plane.kubeconfig)}
    return subprocess.run(
        [str(Path(sys.executable).with_name("telecom")), "kube", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def reconciled(control_plane: ControlPlane, cluster: KubeCluster, namespace: str) -> str:
    create_references(control_plane, namespace)
    apply(control_plane, sample("minimal", namespace))
    reconcile(cluster, Ref(TELECOM_PIPELINE, namespace, "minimal"), datetime.now(UTC))
    return namespace


def test_status_shows_what_each_stage_waits_for(control_plane: ControlPlane, reconciled: str) -> None:
    shown = telecom(control_plane, "status", "minimal", "-n", reconciled)
    assert shown.returncode == 0, shown.stderr
    assert "waits for kafka" in shown.stdout
    document = json.loads(telecom(control_plane, "status", "minimal", "-n", reconciled, "-o", "json").stdout)
    assert document["stage"] == "kafka"


def test_diff_names_the_child_and_the_field_that_would_change(
    control_plane: ControlPlane, reconciled: str, tmp_path: Path
) -> None:
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(changed(sample("minimal", reconciled), "spec.kafka.storage.size", "20Gi")))
    shown = telecom(control_plane, "diff", "-f", str(file))
    assert shown.returncode == 1, shown.stderr
    assert "update KafkaNodePool" in shown.stdout
    assert any(line.startswith("+") and "size: 20Gi" in line for line in shown.stdout.splitlines())
    assert "create KafkaTopic" in shown.stdout  # held back by a gate so far
    assert control_plane.kubectl("-n", reconciled, "get", "kafkatopics", "-o", "name") == ""


def test_render_shows_what_the_pipeline_becomes_in_this_cluster(control_plane: ControlPlane, reconciled: str) -> None:
    shown = telecom(control_plane, "render", "minimal", "-n", reconciled)
    assert shown.returncode == 0, shown.stderr
    kinds = [child["kind"] for child in yaml.safe_load_all(shown.stdout)]
    assert {"Kafka", "KafkaTopic", "KafkaUser"} <= set(kinds)
    assert "# stage bronze is left out until Kafka's bootstrap servers can be observed" in shown.stderr
    program = json.loads(telecom(control_plane, "render", "minimal", "-n", reconciled, "-o", "json").stdout)
    assert [child["kind"] for child in program] == kinds


def test_pause_and_resume_switch_the_spec(control_plane: ControlPlane, reconciled: str) -> None:
    def paused() -> str:
        return control_plane.kubectl("-n", reconciled, "get", "tp", "minimal", "-o", "jsonpath={.spec.paused}")

    assert telecom(control_plane, "pause", "minimal", "-n", reconciled).returncode == 0
    assert paused() == "true"
    assert telecom(control_plane, "resume", "minimal", "-n", reconciled).returncode == 0
    assert paused() == "false"


def test_a_pipeline_that_is_not_there_is_named(control_plane: ControlPlane, namespace: str) -> None:
    shown = telecom(control_plane, "status", "nobody", "-n", namespace)
    assert shown.returncode == 1
    assert "kubectl get telecompipelines" in shown.stderr


def test_a_pipeline_without_batch_jobs_cannot_run_one(control_plane: ControlPlane, reconciled: str) -> None:
    done = telecom(control_plane, "run", "minimal", "nightly", "-n", reconciled)
    assert done.returncode == 1
    assert "cannot run 'nightly'" in done.stderr
