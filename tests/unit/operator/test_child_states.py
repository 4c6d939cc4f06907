"""Statuses as the real controllers write them, and what they mean."""

from typing import Any

import pytest

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.children.readiness import STATE_BY_KIND, child_state
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest
from operators.telecom_pipeline.objects.names import CHILD_KINDS

READY = {"type": "Ready", "status": "True"}


def child(kind: Kind, status: dict[str, Any], spec: dict[str, Any] | None = None, generation: int = 2) -> Manifest:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {"name": "x", "namespace": "telecom", "generation": generation},
        "spec": spec or {},
        "status": status,
    }


def strimzi(*conditions: dict[str, str], observed: int = 2, **more: Any) -> dict[str, Any]:
    return {"observedGeneration": observed, "conditions": list(conditions), **more}


def not_ready(reason: str) -> dict[str, str]:
    return {"type": "NotReady", "status": "True", "reason": reason, "message": "told by Strimzi"}


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (names.KAFKA, {}, State.PROGRESSING),
        (names.KAFKA, strimzi(not_ready("Creating")), State.PROGRESSING),
        (names.KAFKA, strimzi(READY, observed=1), State.PROGRESSING),
        (names.KAFKA, strimzi(READY), State.READY),
        (names.KAFKA, strimzi(not_ready("FatalProblem")), State.FAILED),
        (names.KAFKA, strimzi(not_ready("FatalProblem"), observed=1), State.PROGRESSING),
        (names.KAFKA, strimzi({"type": "ReconciliationPaused", "status": "True"}), State.PROGRESSING),
        (names.KAFKA_USER, strimzi(READY), State.READY),
        (names.KAFKA_USER, strimzi(not_ready("InvalidResourceException")), State.FAILED),
        (names.KAFKA_NODE_POOL, {}, State.PROGRESSING),
        (names.KAFKA_NODE_POOL, {"observedGeneration": 1}, State.PROGRESSING),
        (names.KAFKA_NODE_POOL, {"observedGeneration": 2}, State.READY),
        (names.KAFKA_TOPIC, {}, State.PROGRESSING),
        (names.KAFKA_TOPIC, strimzi(READY), State.READY),
        (names.KAFKA_TOPIC, strimzi({"type": "Ready", "status": "False", "reason": "KafkaError"}), State.FAILED),
        (names.KAFKA_TOPIC, strimzi({"type": "Unmanaged", "status": "True"}), State.READY),
        (names.KAFKA_TOPIC, strimzi(READY, replicasChange={"state": "ongoing"}), State.PROGRESSING),
        (names.CONFIG_MAP, {}, State.READY),
    ],
)
def test_state_of_a_strimzi_resource(kind: Kind, status: dict[str, Any], expected: State) -> None:
    assert child_state(child(kind, status)).state is expected


@pytest.mark.parametrize(
    ("replicas", "status", "expected"),
    [
        (1, {}, State.PROGRESSING),
        (1, {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, State.PROGRESSING),
        (1, {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1}, State.PROGRESSING),
        (1, {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}, State.READY),
        # An old pod is still there, as in the middle of a roll-out.
        (1, {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 2}, State.PROGRESSING),
        (0, {"observedGeneration": 2, "replicas": 1}, State.PROGRESSING),
        (0, {"observedGeneration": 2}, State.SUSPENDED),
        (
            1,
            {
                "observedGeneration": 2,
                "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}],
            },
            State.FAILED,
        ),
        (
            1,
            {
                "observedGeneration": 2,
                "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}],
            },
            State.FAILED,
        ),
    ],
)
def test_state_of_a_deployment(replicas: int, status: dict[str, Any], expected: State) -> None:
    assert child_state(child(names.DEPLOYMENT, status, {"replicas": replicas})).state is expected


@pytest.mark.parametrize(
    ("is_suspended", "status", "expected"),
    [
        (False, {}, State.PROGRESSING),
        (False, {"active": 1}, State.PROGRESSING),
        (False, {"active": 1, "ready": 1}, State.READY),
        (False, {"conditions": [{"type": "Complete", "status": "True"}]}, State.COMPLETED),
        (True, {"conditions": [{"type": "Complete", "status": "True"}]}, State.COMPLETED),
        (False, {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}, State.FAILED),
        (True, {"active": 1}, State.PROGRESSING),
        (True, {}, State.SUSPENDED),
    ],
)
def test_state_of_a_job(is_suspended: bool, status: dict[str, Any], expected: State) -> None:
    assert child_state(child(names.JOB, status, {"suspend": is_suspended})).state is expected


def test_a_failure_keeps_the_words_of_its_controller() -> None:
    state = child_state(child(names.KAFKA, strimzi(not_ready("FatalProblem"))))
    assert (state.reason, state.message) == ("FatalProblem", "told by Strimzi")


def test_a_warning_is_not_a_failure() -> None:
    warning = {"type": "Warning", "status": "True", "reason": "KafkaStorage", "message": "one broker only"}
    state = child_state(child(names.KAFKA, strimzi(READY, warning)))
    assert (state.state, state.warnings) == (State.READY, ("one broker only",))


def test_a_child_on_its_way_out_is_not_ready() -> None:
    leaving = child(names.KAFKA_TOPIC, strimzi(READY))
    leaving["metadata"]["deletionTimestamp"] = "2026-03-01T12:00:00Z"
    assert child_state(leaving).reason == "Deleting"


def test_every_kind_of_child_has_a_meaning() -> None:
    assert set(STATE_BY_KIND) == set(CHILD_KINDS)


def flink(lifecycle: str, job: str = "", observed: int = 2, **more: Any) -> dict[str, Any]:
    return {"observedGeneration": observed, "lifecycleState": lifecycle, "jobStatus": {"state": job}, **more}


@pytest.mark.parametrize(
    ("wanted", "status", "expected"),
    [
        ("running", {}, State.PROGRESSING),
        ("running", flink("STABLE", "RUNNING", observed=1), State.PROGRESSING),
        ("running", flink("CREATED"), State.PROGRESSING),
        ("running", flink("DEPLOYED", "RUNNING"), State.PROGRESSING),
        ("running", flink("UPGRADING", "FINISHED"), State.PROGRESSING),
        ("running", flink("ROLLING_BACK"), State.PROGRESSING),
        ("running", flink("STABLE", "RECONCILING"), State.PROGRESSING),
        ("running", flink("STABLE", "RUNNING", error=None), State.READY),
        ("running", flink("STABLE", "RESTARTING"), State.PROGRESSING),
        ("running", flink("STABLE", "RECONCILING", jobManagerDeploymentStatus="ERROR"), State.FAILED),
        ("running", flink("DEPLOYED", "RECONCILING", jobManagerDeploymentStatus="MISSING"), State.FAILED),
        ("running", flink("DEPLOYED", "RECONCILING", jobManagerDeploymentStatus="DEPLOYING"), State.PROGRESSING),
        ("running", flink("UPGRADING", "FINISHED", jobManagerDeploymentStatus="MISSING"), State.PROGRESSING),
        ("suspended", flink("SUSPENDED", "FINISHED", jobManagerDeploymentStatus="MISSING"), State.SUSPENDED),
        ("running", flink("STABLE", "FAILED"), State.FAILED),
        ("running", flink("STABLE", "RUNNING", error='{"message": "no slots"}'), State.FAILED),
        ("running", flink("ROLLED_BACK", "RUNNING"), State.FAILED),
        ("running", flink("FAILED"), State.FAILED),
        ("running", flink("SUSPENDED", "FINISHED"), State.PROGRESSING),
        ("suspended", flink("SUSPENDED", "FINISHED"), State.SUSPENDED),
        ("suspended", flink("UPGRADING", "RUNNING"), State.PROGRESSING),
    ],
)
def test_state_of_a_flink_deployment(wanted: str, status: dict[str, Any], expected: State) -> None:
    assert child_state(child(names.FLINK_DEPLOYMENT, status, {"job": {"state": wanted}})).state is expected


@pytest.mark.parametrize("error", ['{"type": "X", "message": "no slots"}', "no slots"])
def test_a_flink_error_is_told_in_its_own_words(error: str) -> None:
    status = flink("DEPLOYED", "RECONCILING", error=error)
    assert child_state(child(names.FLINK_DEPLOYMENT, status, {"job": {}})).message == "no slots"
