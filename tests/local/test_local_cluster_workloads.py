"""Deployments and Jobs run as processes and report as their controllers do."""

from pathlib import Path
from typing import Any

import psutil
import pytest
from engines import NAMESPACE, condition_of, has_settled, wait_until

from contracts.nightly_verdict import GateVerdict, NightlyVerdict
from local.cluster.local_cluster import LocalCluster
from local.cluster.process_figures import ProcessFigures
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref

pytestmark = pytest.mark.engine

IMAGE = "localhost/telecom-lakehouse/producers:test"
RUN_ON = "import time\nprint('runs', flush=True)\nwhile True: time.sleep(0.1)"


def pod(code: str, **container: Any) -> dict[str, Any]:
    command = ["python", "-c", code]
    return {"spec": {"containers": [{"name": "c", "image": IMAGE, "command": command, **container}]}}


def apply(cluster: LocalCluster, kind: Kind, name: str, spec: dict[str, Any]) -> Ref:
    ref = Ref(kind, NAMESPACE, name)
    metadata = {"name": name, "namespace": NAMESPACE}
    cluster.store.apply({"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata, "spec": spec})
    return ref


def status(cluster: LocalCluster, ref: Ref) -> dict[str, Any]:
    found: Manifest = cluster.store.get(ref) or {}
    return dict(found.get("status", {}))


def wait_for_ready_replicas(cluster: LocalCluster, ref: Ref, count: int) -> None:
    def is_rolled_out() -> bool:
        now = status(cluster, ref)
        return has_settled(cluster.store.get(ref)) and now.get("readyReplicas", 0) == now.get("replicas", 0) == count

    wait_until(is_rolled_out, f"{ref} has {count} ready replicas")


def pid_of(cluster: LocalCluster, ref: Ref, ordinal: int = 0) -> int:
    pid = cluster.machine.supervisor.command_pid(f"{ref.kind.name.lower()}.{ref.namespace}.{ref.name}.{ordinal}")
    assert pid is not None
    return pid


def test_a_killed_replica_comes_back(local_cluster: LocalCluster, unique_name: str) -> None:
    ref = apply(local_cluster, names.DEPLOYMENT, unique_name, {"replicas": 1, "template": pod(RUN_ON)})
    wait_for_ready_replicas(local_cluster, ref, 1)
    first = pid_of(local_cluster, ref)
    psutil.Process(first).kill()
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Available")["status"] == "False", "death is seen")
    assert "ended with code 137" in condition_of(local_cluster.store.get(ref), "Available")["message"]
    wait_for_ready_replicas(local_cluster, ref, 1)
    assert pid_of(local_cluster, ref) != first
    local_cluster.store.delete(ref)
    wait_until(lambda: local_cluster.store.get(ref) is None, f"{ref} is gone")


def test_replicas_follow_the_number_and_a_changed_template_replaces_them(
    local_cluster: LocalCluster, unique_name: str
) -> None:
    ref = apply(local_cluster, names.DEPLOYMENT, unique_name, {"replicas": 2, "template": pod(RUN_ON)})
    wait_for_ready_replicas(local_cluster, ref, 2)
    before = {pid_of(local_cluster, ref, ordinal) for ordinal in range(2)}
    changed = pod(RUN_ON, env=[{"name": "X", "value": "2"}])
    apply(local_cluster, names.DEPLOYMENT, unique_name, {"replicas": 2, "template": changed})
    wait_until(lambda: status(local_cluster, ref)["observedGeneration"] == 2, "the change is seen")
    wait_until(lambda: status(local_cluster, ref).get("updatedReplicas") == 2, "both replicas are replaced")
    wait_for_ready_replicas(local_cluster, ref, 2)
    assert before.isdisjoint({pid_of(local_cluster, ref, ordinal) for ordinal in range(2)})
    apply(local_cluster, names.DEPLOYMENT, unique_name, {"replicas": 0, "template": changed})
    wait_for_ready_replicas(local_cluster, ref, 0)
    # No longer ready is not yet ended.
    first = f"deployment.{NAMESPACE}.{unique_name}.0"
    wait_until(lambda: local_cluster.machine.supervisor.command_pid(first) is None, "the first replica is gone")
    local_cluster.store.delete(ref)


def test_a_pod_waits_for_its_secret_and_then_sees_its_files_and_variables(
    local_cluster: LocalCluster, unique_name: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code = (
        f"import os, pathlib, sys; pathlib.Path({str(out)!r}).write_text(os.environ['KEY'] + open(sys.argv[1]).read())"
    )
    template = pod(
        code,
        args=["/etc/secret/file"],
        env=[{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": unique_name, "key": "k"}}}],
        volumeMounts=[{"name": "s", "mountPath": "/etc/secret"}],
    )
    template["spec"]["volumes"] = [
        {"name": "s", "secret": {"secretName": unique_name, "items": [{"key": "f", "path": "file"}]}}
    ]
    ref = apply(local_cluster, names.JOB, unique_name, {"template": template})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Waiting"), "the Job waits")
    assert f"Secret {unique_name} does not exist" in condition_of(local_cluster.store.get(ref), "Waiting")["message"]
    metadata = {"name": unique_name, "namespace": NAMESPACE}
    data = {"k": "variable ", "f": "file"}
    local_cluster.store.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Complete"), "the Job is complete")
    assert out.read_text() == "variable file"


def test_a_job_that_ends_well_is_complete_and_is_not_run_again(
    local_cluster: LocalCluster, unique_name: str, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    code = f"open({str(runs)!r}, 'a').write('x')"
    ref = apply(local_cluster, names.JOB, unique_name, {"template": pod(code)})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Complete"), "the Job is complete")
    assert status(local_cluster, ref)["succeeded"] == 1
    stored = local_cluster.store.get(ref)
    assert stored is not None
    local_cluster.store.apply({**stored, "metadata": {**stored["metadata"], "labels": {"touched": "yes"}}})
    other = apply(local_cluster, names.JOB, f"{unique_name}b", {"template": pod("pass")})
    wait_until(lambda: condition_of(local_cluster.store.get(other), "Complete"), "a later Job is complete")
    assert runs.read_text() == "x"


def test_a_job_is_tried_again_and_fails_after_its_backoff_limit(
    local_cluster: LocalCluster, unique_name: str, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    code = f"import sys; open({str(runs)!r}, 'a').write('x'); print('no such tower'); sys.exit(3)"
    ref = apply(local_cluster, names.JOB, unique_name, {"backoffLimit": 1, "template": pod(code)})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Failed"), "the Job has failed")
    failed = condition_of(local_cluster.store.get(ref), "Failed")
    assert failed["reason"] == "BackoffLimitExceeded"
    assert "ended with code 3" in failed["message"] and "no such tower" in failed["message"]
    assert status(local_cluster, ref)["failed"] == 2 == len(runs.read_text())


def test_a_suspended_job_stops_and_a_resumed_one_runs(local_cluster: LocalCluster, unique_name: str) -> None:
    ref = apply(local_cluster, names.JOB, unique_name, {"template": pod(RUN_ON)})
    wait_until(lambda: status(local_cluster, ref).get("ready") == 1, "the Job runs")
    apply(local_cluster, names.JOB, unique_name, {"suspend": True, "template": pod(RUN_ON)})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Suspended"), "the Job is suspended")
    wait_until(lambda: "active" not in status(local_cluster, ref), "its process is gone")
    apply(local_cluster, names.JOB, unique_name, {"suspend": False, "template": pod(RUN_ON)})
    wait_until(lambda: status(local_cluster, ref).get("ready") == 1, "the Job runs again")
    local_cluster.store.delete(ref)
    wait_until(lambda: local_cluster.store.get(ref) is None, f"{ref} is gone")


def test_an_image_that_cannot_run_here_is_named_in_the_status(local_cluster: LocalCluster, unique_name: str) -> None:
    template = pod(RUN_ON)
    template["spec"]["containers"][0]["image"] = "docker.io/library/postgres:18"
    ref = apply(local_cluster, names.DEPLOYMENT, unique_name, {"replicas": 1, "template": template})
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Available"), "the Deployment has a status")
    assert "docker.io/library/postgres:18" in condition_of(local_cluster.store.get(ref), "Available")["message"]
    local_cluster.store.delete(ref)


SAY_AND_FAIL = "import pathlib, sys\npathlib.Path(sys.argv[1]).write_text(sys.argv[2])\nsys.exit(3)"


def test_the_verdict_of_a_nightly_run_is_there_until_its_job_is_gone(
    local_cluster: LocalCluster, unique_name: str
) -> None:
    gate = GateVerdict(name="volume", layer="bronze", owner="data", outcome="failed", value=2.0)
    verdict = NightlyVerdict(run_id="r1", gates=(gate,))
    figures = ProcessFigures(local_cluster.machine)
    run = pod(SAY_AND_FAIL, args=["/dev/termination-log", verdict.text()])
    spec = {"backoffLimit": 0, "template": run}
    ref = apply(local_cluster, names.JOB, names.component(unique_name, names.NIGHTLY), spec)
    wait_until(lambda: condition_of(local_cluster.store.get(ref), "Failed"), "the Job has failed")
    assert figures.of_nightly_run(unique_name, NAMESPACE) == verdict
    local_cluster.store.delete(ref)
    wait_until(lambda: local_cluster.store.get(ref) is None, f"{ref} is gone")
    assert figures.of_nightly_run(unique_name, NAMESPACE) is None
