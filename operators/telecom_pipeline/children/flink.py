"""State of a FlinkDeployment.

Its operator reports the progress of the deployment (`lifecycleState`) separately from the state of the job
(`jobStatus.state`): to it, a job that fails and restarts forever is STABLE. A restart is not a failure yet;
`status/overdue.py` says when it has become one. Source: Flink Kubernetes operator 1.15, ResourceLifecycleState and
JobStatus.
"""

import json
from collections.abc import Mapping
from typing import Any

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.upstream import FLINK_JOB_SUSPENDED

RESTARTING = "RESTARTING"
_MAX_MESSAGE_LENGTH = 500
# A JobManager that is absent while its job is suspended or changed was not lost.
_DEPLOYED = ("DEPLOYED", "STABLE")
_LOST = ("ERROR", "MISSING")


def flink_deployment_state(manifest: Manifest) -> ChildState:
    """State of a FlinkDeployment; ready means that its job runs."""
    status: Mapping[str, Any] = manifest.get("status", {})
    if not status:
        return ChildState(State.PROGRESSING, "NoStatusYet", "the Flink operator has not looked at it yet")
    if status.get("observedGeneration") != manifest["metadata"].get("generation"):
        return ChildState(State.PROGRESSING, "StaleStatus", "the Flink operator has not seen the last change yet")
    if status.get("error"):
        return ChildState(State.FAILED, "FlinkError", _error_message(status["error"]))
    lifecycle = status.get("lifecycleState", "CREATED")
    job_manager = status.get("jobManagerDeploymentStatus", "")
    if lifecycle in _DEPLOYED and job_manager in _LOST:
        return ChildState(State.FAILED, f"JobManager{_word(job_manager)}", f"its JobManager is {job_manager}")
    if lifecycle == "STABLE":
        return _job_state(status.get("jobStatus", {}).get("state", ""))
    if lifecycle in ("FAILED", "ROLLED_BACK"):
        return ChildState(State.FAILED, _word(lifecycle), f"lifecycleState is {lifecycle}")
    if lifecycle == "SUSPENDED" and manifest["spec"]["job"].get("state") == FLINK_JOB_SUSPENDED:
        return ChildState(State.SUSPENDED, "Suspended")
    return ChildState(State.PROGRESSING, _word(lifecycle), f"lifecycleState is {lifecycle}")


def _job_state(job: str) -> ChildState:
    if job == "RUNNING":
        return ChildState(State.READY, "Running")
    if job in ("CREATED", "INITIALIZING", "RECONCILING", RESTARTING):
        return ChildState(State.PROGRESSING, _word(job), f"the job is {job}")
    return ChildState(
        State.FAILED, _word(job) or "NoJob", f"the job is {job or 'missing'}; see the log of its JobManager"
    )


def _error_message(error: str) -> str:
    """The operator writes JSON with the messages of the exception and of its causes."""
    try:
        parsed = json.loads(error)
    except ValueError:
        return error[:_MAX_MESSAGE_LENGTH]
    message = parsed.get("message") if isinstance(parsed, dict) else None
    return str(message or error)[:_MAX_MESSAGE_LENGTH]


def _word(state: str) -> str:
    """`ROLLED_BACK` as `RolledBack`, which is how reasons are written."""
    return "".join(part.capitalize() for part in state.split("_"))
