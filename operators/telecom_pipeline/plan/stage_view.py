"""One stage as it is and as it should be."""

from collections.abc import Mapping
from dataclasses import dataclass

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.children.readiness import child_state
from operators.telecom_pipeline.children.references import references_state
from operators.telecom_pipeline.objects.labels import STAGE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.names import JOB
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import STAGE_RULES, Stage

ABSENT = ChildState(State.PROGRESSING, "NotCreated", "it does not exist yet")


@dataclass(frozen=True)
class StageView:
    """`desired` are the manifests that could be rendered, `existing` the children that exist.

    `missing_endpoints` says why manifests may be absent from `desired`; `references` is the state of what the stage
    uses but does not own.
    """

    stage: Stage
    desired: Mapping[Ref, Manifest]
    existing: Mapping[Ref, Manifest]
    missing_endpoints: tuple[str, ...]
    references: ChildState

    def states(self) -> dict[Ref, ChildState]:
        """State of each desired child or, while nothing can be rendered, of each existing one."""
        refs = self.desired or (self.existing if self.missing_endpoints else {})
        return {ref: child_state(self.existing[ref]) if ref in self.existing else ABSENT for ref in refs}

    def is_settled(self, is_suspended: bool) -> bool:
        """Whether the stages that need this one may start."""
        good = {State.READY, State.COMPLETED} | ({State.SUSPENDED} if is_suspended else set())
        states = (self.references, *self.states().values())
        return not self.missing_endpoints and all(child.state in good for child in states)

    def has_ended(self, is_suspended: bool) -> bool:
        """Whether the stages that follow this one may start: its Jobs have completed, or are suspended as all is."""
        good = {State.COMPLETED} | ({State.SUSPENDED} if is_suspended else set())
        jobs = (child.state for ref, child in self.states().items() if ref.kind == JOB)
        return not self.missing_endpoints and all(state in good for state in jobs)


def view_stages(
    pipeline: Pipeline,
    observed: Observed,
    missing: Mapping[Stage, tuple[str, ...]],
    rendered: tuple[Manifest, ...],
) -> tuple[StageView, ...]:
    """All stages in the order in which they start; `missing` are the endpoints that a stage waits for."""
    return tuple(
        StageView(
            stage=rule.stage,
            desired={ref_of(manifest): manifest for manifest in rendered if stage_of(manifest) == rule.stage},
            existing={ref: child for ref, child in observed.children.items() if stage_of(child) == rule.stage},
            missing_endpoints=missing.get(rule.stage, ()),
            references=references_state(pipeline, observed, rule.stage),
        )
        for rule in STAGE_RULES
    )


def stage_of(manifest: Manifest) -> str:
    """Stage that a child belongs to, by its label."""
    stage: str = manifest["metadata"].get("labels", {}).get(STAGE_LABEL, "")
    return stage
