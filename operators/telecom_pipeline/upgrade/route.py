"""Which spec a pass follows: the new one, the old one, or some of each while an upgrade is under way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.objects.plain_digest import digest_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.upgrade.composition import Composition, compose
from operators.telecom_pipeline.upgrade.fingerprint import Fingerprint, fingerprint
from operators.telecom_pipeline.upgrade.progress import begin
from operators.telecom_pipeline.upgrade.record import APPLIED, StepState, Upgrade, UpgradeState, UpgradeStep
from operators.telecom_pipeline.upgrade.revisions import Revision, lasting_spec, spec_digest, with_switches
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering, find_steps
from operators.telecom_pipeline.validate import validate
from operators.telecom_pipeline.validate.transitions import transition_problems


@dataclass(frozen=True)
class Route:
    """From the old spec to the new one. `old` is None where the pipeline was never ready.

    `rendered_otherwise` are the stages for which the operator that made `old` ready rendered something else than this
    one does: what they have now can no longer be rendered.
    """

    new: Pipeline
    old: Pipeline | None = None
    old_revision: int = 0
    new_fingerprint: Fingerprint = field(default_factory=dict)
    rendered_otherwise: frozenset[Stage] = frozenset()

    @property
    def pipelines(self) -> tuple[Pipeline, ...]:
        """The pipelines that a pass may need."""
        return (self.new, self.old) if self.old else (self.new,)

    @property
    def new_digest(self) -> str:
        """Digest of the new spec."""
        return spec_digest(lasting_spec(self.new))

    @property
    def new_rendering_digest(self) -> str:
        """Digest of what this operator renders the new spec to."""
        return digest_of(self.new_fingerprint)

    @property
    def keeps_the_spec(self) -> bool:
        """Whether the new spec is the one that runs."""
        return self.old is not None and spec_digest(lasting_spec(self.old)) == self.new_digest

    def is_plan_of(self, upgrade: Upgrade) -> bool:
        """Whether a recorded upgrade leads to the new spec; a rollback remains valid for every operator."""
        if upgrade.digest != self.new_digest:
            return False
        if upgrade.is_going_back:
            return True
        if upgrade.state is UpgradeState.COMPLETED:
            return not self.rendered_otherwise
        return upgrade.rendering in ("", self.new_rendering_digest)

    def no_way_back(self, upgrade: Upgrade) -> str:
        """What cannot be undone of the steps taken so far; empty if everything can."""
        if self.old is None:
            return ""
        if self.keeps_the_spec:
            return "only the previous version of the operator can render what was there"
        taken = {step.stage for step in upgrade.steps if step.state in APPLIED or step.superseded}
        problems = transition_problems(self.new, self.old)
        return "; ".join(str(problem) for problem in problems if _stage_of(problem.path) in taken)


def route_to(new: Pipeline, resource: Manifest, revisions: tuple[Revision, ...]) -> Route:
    """The route from the newest revision that was ready; one that is no longer valid cannot be a start."""
    new_fingerprint = fingerprint(new, lasting_spec(new))
    if not revisions:
        return Route(new, new_fingerprint=new_fingerprint)
    newest = revisions[-1]
    written = new.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    old = validate({**resource, "spec": with_switches(newest.spec, written)})
    if not isinstance(old, Pipeline):
        return Route(new, new_fingerprint=new_fingerprint)
    rendered_otherwise = _rendered_otherwise(newest, fingerprint(new, newest.spec))
    return Route(new, old, newest.number, new_fingerprint, rendered_otherwise)


def _rendered_otherwise(revision: Revision, now: Fingerprint) -> frozenset[Stage]:
    """None, where the revision was recorded by an operator that did not know fingerprints."""
    then = revision.fingerprint or now
    return frozenset(stage for stage in UPGRADED_STAGES if then.get(stage) != now.get(stage))


def stored_upgrade(status: Mapping[str, Any]) -> Upgrade | None:
    """The upgrade in the status; None for one that this version does not understand."""
    if "upgrade" not in status:
        return None
    try:
        return Upgrade.model_validate_json(json.dumps(status["upgrade"]))
    except ValidationError:
        return None


def next_upgrade(
    route: Route, stored: Upgrade | None, old: Rendering, new: Rendering, generation: int, now: datetime
) -> Upgrade | None:
    """The upgrade that this pass carries out; it has to be recorded before anything is applied."""
    if route.old is None or route.new.is_left_alone:
        return stored if route.old else None
    if stored and route.is_plan_of(stored):
        return begin(stored, now)
    superseded = _unfinished(stored) | route.rendered_otherwise
    if not superseded and route.keeps_the_spec:
        return None  # nothing to change, even if a missing endpoint hides what would be rendered
    steps = find_steps(old, new, superseded, route.new.keeps_records)
    if not steps:
        return None
    upgrade = Upgrade(
        from_revision=route.old_revision,
        to_revision=route.old_revision if route.keeps_the_spec else generation,
        digest=route.new_digest,
        rendering=route.new_rendering_digest,
        steps=steps,
    )
    return begin(upgrade, now)


def children_to_apply(
    route: Route, upgrade: Upgrade | None, old: Rendering, new: Rendering, existing: Mapping[Ref, Manifest]
) -> Composition:
    """The children that this pass applies, and the stages that it leaves as they are."""
    is_current = upgrade is not None and upgrade.digest == route.new_digest
    if upgrade is None or not is_current or upgrade.state is UpgradeState.COMPLETED:
        return Composition(new.manifests)
    if upgrade.state is UpgradeState.ROLLED_BACK:
        return Composition(old.manifests)
    return compose(old, new, upgrade, existing, route.new.is_suspended)


def _unfinished(upgrade: Upgrade | None) -> frozenset[Stage]:
    """Stages that still have what an unfinished upgrade to an earlier spec gave them."""
    if upgrade is None or not upgrade.is_underway:
        return frozenset()
    return frozenset(step.stage for step in upgrade.steps if _left_its_mark(step))


def _left_its_mark(step: UpgradeStep) -> bool:
    return step.state in APPLIED or step.state is StepState.ROLLING_BACK or step.is_held


def _stage_of(path: str) -> Stage:
    """Stage that a rule about changes concerns; all rules that depend on the direction concern Kafka."""
    return Stage.TOPICS if path.startswith("spec.kafka.topics") else Stage.KAFKA
