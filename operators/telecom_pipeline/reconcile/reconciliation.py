"""What one pass is given and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.children.child_state import ChildState
from operators.telecom_pipeline.figures.sink_figures import FiguresSource
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan import Plan
from operators.telecom_pipeline.status.build import StatusContext
from operators.telecom_pipeline.validate import Problem


@dataclass(frozen=True)
class Task:
    """A pass over `resource`, whose children are to follow `pipeline`. `problems` are those of a spec not followed."""

    cluster: Cluster
    resource: Manifest
    pipeline: Pipeline
    problems: tuple[Problem, ...]
    now: datetime
    figures: FiguresSource

    @property
    def status_context(self) -> StatusContext:
        """Generation, previous status and time."""
        return status_context(self.resource, self.now)

    @property
    def previous(self) -> Mapping[str, Any]:
        """The status as the last pass left it."""
        return self.status_context.previous

    @property
    def generation(self) -> int:
        """Generation of the resource."""
        return self.status_context.generation


@dataclass(frozen=True)
class Reconciliation:
    """What one pass found and did. `plan` and `pipeline`, the one followed, are None when no valid spec is known."""

    status: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    pipeline: Pipeline | None = None
    plan: Plan | None = None
    failures: Mapping[Ref, ChildState] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the condition Ready holds."""
        return any(
            condition["type"] == "Ready" and condition["status"] == "True" for condition in self.status["conditions"]
        )


def status_context(resource: Manifest, now: datetime) -> StatusContext:
    """What the next status of a resource depends on besides its children."""
    return StatusContext(resource["metadata"].get("generation", 1), resource.get("status", {}), now)
