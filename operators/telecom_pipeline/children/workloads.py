"""States of Deployments and Jobs."""

from collections.abc import Mapping
from typing import Any

from operators.telecom_pipeline.children.child_state import ChildState, State, state_from_condition
from operators.telecom_pipeline.objects.manifest import Manifest


def deployment_state(manifest: Manifest) -> ChildState:
    """State of a Deployment; suspended means that it is to have no pods and has none."""
    status = manifest.get("status", {})
    if status.get("observedGeneration") != manifest["metadata"].get("generation"):
        return ChildState(State.PROGRESSING, "StaleStatus", "its controller has not seen the last change yet")
    failure = _deployment_failure(status)
    wanted = manifest["spec"].get("replicas", 1)
    if failure and wanted:
        return failure
    return _rollout(wanted, status)


def job_state(manifest: Manifest) -> ChildState:
    """State of a Job; ready means that its pod runs and is ready."""
    status = manifest.get("status", {})
    conditions = {
        condition["type"]: condition for condition in status.get("conditions", []) if condition["status"] == "True"
    }
    if "Complete" in conditions:
        return ChildState(State.COMPLETED, "RunCompleted", conditions["Complete"].get("message", ""))
    if "Failed" in conditions:
        return state_from_condition(State.FAILED, conditions["Failed"])
    if manifest["spec"].get("suspend"):
        is_gone = not status.get("active")
        return ChildState(State.SUSPENDED if is_gone else State.PROGRESSING, "Suspended")
    if status.get("ready"):
        return ChildState(State.READY, "Running")
    return ChildState(State.PROGRESSING, "Starting", "its pod is not ready yet")


def _rollout(wanted: int, status: Mapping[str, Any]) -> ChildState:
    total, updated = status.get("replicas", 0), status.get("updatedReplicas", 0)
    available = status.get("availableReplicas", 0)
    if wanted == 0:
        is_gone = total == 0
        return ChildState(State.SUSPENDED if is_gone else State.PROGRESSING, "Suspended", f"{total} pods are left")
    if updated >= wanted and available >= wanted and total == updated:
        return ChildState(State.READY, "Available", f"{available} of {wanted} pods are available")
    return ChildState(State.PROGRESSING, "RollingOut", f"{min(updated, available)} of {wanted} pods are available")


def _deployment_failure(status: Mapping[str, Any]) -> ChildState | None:
    """Pods that cannot be created, or a rollout that exceeded its deadline."""
    for condition in status.get("conditions", []):
        is_refused = condition["type"] == "ReplicaFailure" and condition["status"] == "True"
        if is_refused or condition.get("reason") == "ProgressDeadlineExceeded":
            return state_from_condition(State.FAILED, condition)
    return None
