"""The children in the middle of an upgrade: the new ones where a step was taken, the old ones everywhere else."""

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
    old: Rendering,
    new: Rendering,
    upgrade: Upgrade,
    existing: Mapping[Ref, Manifest],
    is_suspended: bool = False,
) -> Composition:
    """Children at this point of the upgrade.

    A stage is held when what it had before its step can no longer be rendered, unless the pipeline is suspended: then
    nothing is disrupted.
    """
    held = frozenset(stage for stage in UPGRADED_STAGES if _is_held(stage, old, upgrade, is_suspended))
    manifests = [manifest for manifest in new.manifests if stage_of(manifest) == Stage.STORAGE]
    for stage in UPGRADED_STAGES:
        if stage in held:
            manifests += [manifest for manifest in existing.values() if stage_of(manifest) == stage]
        else:
            manifests += _of_stage(stage, old, new, upgrade, is_suspended).values()
    return Composition(tuple(manifests), held)


def _is_held(stage: Stage, old: Rendering, upgrade: Upgrade, is_suspended: bool) -> bool:
    if any(step.is_held for step in upgrade.steps if step.stage is stage):
        return not is_suspended
    return stage in old.incomplete and not _is_applied(upgrade, stage, StepAction.CHANGE)


def _of_stage(
    stage: Stage, old: Rendering, new: Rendering, upgrade: Upgrade, is_suspended: bool
) -> dict[Ref, Manifest]:
    old_children, new_children = old.of_stage(stage), new.of_stage(stage)
    leaving = {} if _is_applied(upgrade, stage, StepAction.REMOVE) else removed(old_children, new_children)
    is_released = is_suspended and any(step.is_held for step in upgrade.steps if step.stage is stage)
    if is_released or _is_applied(upgrade, stage, StepAction.CHANGE):
        return new_children | leaving
    return {ref: manifest for ref, manifest in old_children.items() if ref in new_children} | leaving


def _is_applied(upgrade: Upgrade, stage: Stage, action: StepAction) -> bool:
    return any(step.state in APPLIED for step in upgrade.steps if (step.stage, step.action) == (stage, action))
