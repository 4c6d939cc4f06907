"""What the children shall be in the middle of an upgrade: the new where a step was taken, elsewhere the old."""

from collections.abc import Mapping
from dataclasses import dataclass

from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.upgrade.record import APPLIED, StepAction, Upgrade
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering, removed


@dataclass(frozen=True)
class Composition:
    """Children to apply, and the stages that stay as they are until their step comes."""

    manifests: tuple[Manifest, ...]
    held: frozenset[Stage] = frozenset()


def compose(
    before: Rendering,
    target: Rendering,
    upgrade: Upgrade,
    existing: Mapping[Ref, Manifest],
    is_suspended: bool = False,
) -> Composition:
    """Children at this point of the upgrade.

    A stage is held when nobody can say any more what it had before its step, unless the pipeline stands still, in
    which nothing is disrupted.
    """
    held = frozenset(stage for stage in UPGRADED_STAGES if _is_held(stage, before, upgrade, is_suspended))
    records = [manifest for manifest in target.manifests if stage_of(manifest) == Stage.STORAGE]
    manifests = list(records)
    for stage in UPGRADED_STAGES:
        if stage in held:
            manifests += [manifest for manifest in existing.values() if stage_of(manifest) == stage]
        else:
            manifests += _of_stage(stage, before, target, upgrade, is_suspended).values()
    return Composition(tuple(manifests), held)


def _is_held(stage: Stage, before: Rendering, upgrade: Upgrade, is_suspended: bool) -> bool:
    if any(step.is_held for step in upgrade.steps if step.stage is stage):
        return not is_suspended
    return stage in before.incomplete and not _is_applied(upgrade, stage, StepAction.CHANGE)


def _of_stage(
    stage: Stage, before: Rendering, target: Rendering, upgrade: Upgrade, is_suspended: bool
) -> dict[Ref, Manifest]:
    old, new = before.of_stage(stage), target.of_stage(stage)
    leaving = {} if _is_applied(upgrade, stage, StepAction.REMOVE) else removed(old, new)
    is_released = is_suspended and any(step.is_held for step in upgrade.steps if step.stage is stage)
    if is_released or _is_applied(upgrade, stage, StepAction.CHANGE):
        return new | leaving
    return {ref: manifest for ref, manifest in old.items() if ref in new} | leaving


def _is_applied(upgrade: Upgrade, stage: Stage, action: StepAction) -> bool:
    return any(step.state in APPLIED for step in upgrade.steps if (step.stage, step.action) == (stage, action))
