"""Which spec a pass follows: the wanted one, the one before, or some of both while an upgrade is under way."""

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
from operators.telecom_pipeline.upgrade.revisions import Revision, digest, lasting_spec, with_switches
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering, find_steps
from operators.telecom_pipeline.validate import validate
from operators.telecom_pipeline.validate.transitions import transition_problems


@dataclass(frozen=True)
class Route:
    """Where a pipeline comes from and goes to. `before` is None where nothing ran well yet.

    `renewed` are stages of which the operator that brought `before` up made something else than this one does: nobody
    can render any more what they have.
    """

    target: Pipeline
    before: Pipeline | None = None
    from_revision: int = 0
    target_fingerprint: Fingerprint = field(default_factory=dict)
    renewed: frozenset[Stage] = frozenset()

    @property
    def pipelines(self) -> tuple[Pipeline, ...]:
        """The forms of the pipeline that a pass may need."""
        return (self.target, self.before) if self.before else (self.target,)

    @property
    def target_digest(self) -> str:
        """Digest of the wanted spec."""
        return digest(lasting_spec(self.target))

    @property
    def target_rendering(self) -> str:
        """Digest of what this operator makes of the wanted spec."""
        return digest_of(self.target_fingerprint)

    @property
    def keeps_the_spec(self) -> bool:
        """Whether the wanted spec is the one that runs."""
        return self.before is not None and digest(lasting_spec(self.before)) == self.target_digest

    def is_plan_of(self, upgrade: Upgrade) -> bool:
        """Whether a recorded upgrade is the way to the target; a rollback stays one for every operator."""
        if upgrade.digest != self.target_digest or upgrade.is_going_back:
            return upgrade.digest == self.target_digest
        if upgrade.state is UpgradeState.COMPLETED:
            return not self.renewed
        return upgrade.rendering in ("", self.target_rendering)

    def no_way_back(self, upgrade: Upgrade) -> str:
        """What of the steps taken so far cannot be undone: empty if all can."""
        if self.before is None:
            return ""
        if self.keeps_the_spec:
            return "only the operator's version before can make what was there"
        taken = {step.stage for step in upgrade.steps if step.state in APPLIED or step.superseded}
        problems = transition_problems(self.target, self.before)
        return "; ".join(str(problem) for problem in problems if _stage_of(problem.path) in taken)


def route_to(target: Pipeline, resource: Manifest, revisions: tuple[Revision, ...]) -> Route:
    """The route from the newest revision that was ready; a revision that is not valid any more is no start."""
    wanted = fingerprint(target, lasting_spec(target))
    if not revisions:
        return Route(target, target_fingerprint=wanted)
    newest = revisions[-1]
    written = target.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    before = validate({**resource, "spec": with_switches(newest.spec, written)})
    if not isinstance(before, Pipeline):
        return Route(target, target_fingerprint=wanted)
    return Route(target, before, newest.number, wanted, _renewed(newest, fingerprint(target, newest.spec)))


def _renewed(revision: Revision, now: Fingerprint) -> frozenset[Stage]:
    """Nothing, where an operator that did not know fingerprints brought the revision up."""
    then = revision.fingerprint or now
    return frozenset(stage for stage in UPGRADED_STAGES if then.get(stage) != now.get(stage))


def stored_upgrade(status: Mapping[str, Any]) -> Upgrade | None:
    """The upgrade that the status tells of; None for one that this version does not understand."""
    if "upgrade" not in status:
        return None
    try:
        return Upgrade.model_validate_json(json.dumps(status["upgrade"]))
    except ValidationError:
        return None


def next_upgrade(
    route: Route, stored: Upgrade | None, before: Rendering, target: Rendering, generation: int, now: datetime
) -> Upgrade | None:
    """The upgrade as it shall be when this pass applies anything; it has to be written down before."""
    if route.before is None or route.target.is_left_alone:
        return stored if route.before else None
    if stored and route.is_plan_of(stored):
        return begin(stored, now)
    superseded = _unfinished(stored) | route.renewed
    if not superseded and route.keeps_the_spec:
        return None  # nothing to change, also where an endpoint is gone and nobody can tell what would be rendered
    steps = find_steps(before, target, superseded, route.target.keeps_records)
    if not steps:
        return None
    upgrade = Upgrade(
        from_revision=route.from_revision,
        to_revision=route.from_revision if route.keeps_the_spec else generation,
        digest=route.target_digest,
        rendering=route.target_rendering,
        steps=steps,
    )
    return begin(upgrade, now)


def composition(
    route: Route, upgrade: Upgrade | None, before: Rendering, target: Rendering, existing: Mapping[Ref, Manifest]
) -> Composition:
    """Children as they shall be after this pass."""
    is_current = upgrade is not None and upgrade.digest == route.target_digest
    if upgrade is None or not is_current or upgrade.state is UpgradeState.COMPLETED:
        return Composition(target.manifests)
    if upgrade.state is UpgradeState.ROLLED_BACK:
        return Composition(before.manifests)
    return compose(before, target, upgrade, existing, route.target.is_suspended)


def _unfinished(upgrade: Upgrade | None) -> frozenset[Stage]:
    """Stages that have what an upgrade gave them which was overtaken by another spec."""
    if upgrade is None or not upgrade.is_underway:
        return frozenset()
    return frozenset(step.stage for step in upgrade.steps if _left_its_mark(step))


def _left_its_mark(step: UpgradeStep) -> bool:
    return step.state in APPLIED or step.state is StepState.ROLLING_BACK or step.is_held


def _stage_of(path: str) -> Stage:
    """Stage that a rule about changes is about; all rules that depend on the direction are Kafka's."""
    return Stage.TOPICS if path.startswith("spec.kafka.topics") else Stage.KAFKA
