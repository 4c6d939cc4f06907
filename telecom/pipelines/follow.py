"""Waits for a pipeline and reports what it is doing meanwhile."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from local.errors import LocalError
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Ref
from telecom.pipelines.pipeline_view import PipelineView

POLL_SECONDS = 0.2
# A child may fail and recover by itself; one that stays degraded for longer needs a person.
PATIENCE_SECONDS = 60.0

Tell = Callable[[str], None]


class PipelineNotReadyError(LocalError):
    """The pipeline failed, or did not reach the goal in time."""


def follow(
    cluster: Cluster, ref: Ref, is_done: Callable[[PipelineView], bool], goal: str, timeout_seconds: float, tell: Tell
) -> PipelineView:
    """Wait until `is_done`; `tell` receives a line whenever a stage changes. Raises `PipelineNotReadyError`."""
    started, degraded_since = time.monotonic(), None
    told: dict[str, str] = {}
    while True:
        view = _view(cluster, ref)
        _tell_changes(view, told, tell)
        if is_done(view):
            return view
        now = time.monotonic()
        degraded_since = (degraded_since or now) if view.holds("Degraded") else None
        if degraded_since is not None and now - degraded_since > PATIENCE_SECONDS:
            raise _error(goal, view.message("Degraded"))
        if now - started > timeout_seconds:
            raise _error(goal, f"still {view.message('Ready') or 'not reconciled'} after {timeout_seconds:.0f} s")
        time.sleep(POLL_SECONDS)


def _view(cluster: Cluster, ref: Ref) -> PipelineView:
    resource = cluster.get(ref)
    if resource is None:
        raise PipelineNotReadyError(f"find {ref}", "it does not exist", "telecom apply FILE")
    return PipelineView(resource)


def _tell_changes(view: PipelineView, told: dict[str, str], tell: Tell) -> None:
    for stage in view.stages:
        line = _line(stage)
        if told.get(stage["name"]) != line:
            told[stage["name"]] = line
            tell(line)


def _line(stage: Mapping[str, Any]) -> str:
    parts = f"  {stage['name']:15} {stage['state']:12} {stage['ready']:>6}"
    is_settled = stage["state"] in ("Ready", "Completed")
    return parts if is_settled or not stage["message"] else f"{parts}  {stage['message']}"


def _error(goal: str, why: str) -> PipelineNotReadyError:
    return PipelineNotReadyError(f"wait until {goal}", why, "telecom status; telecom logs COMPONENT")
