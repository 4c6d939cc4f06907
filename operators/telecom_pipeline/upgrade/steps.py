"""The steps that lead from the children of one spec to those of another."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import name_of
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.upgrade.record import StepAction, UpgradeStep

RUNNING_KINDS = frozenset(
    {names.KAFKA, names.KAFKA_NODE_POOL, names.DEPLOYMENT, names.JOB, names.FLINK_DEPLOYMENT},
)
# The order in which a running pipeline is changed, which differs from the order of starts: Flink goes before the sink,
# because its savepoint is the costliest thing to get wrong and the sink only falls behind meanwhile; sources go last,
# so that their readers understand what they send. The accepted spec and the revisions are records that follow the
# decision to upgrade, not steps of it. Nor is the savepoint a step: see docs/how-to/run-on-kubernetes.md.
UPGRADED_STAGES = (
    Stage.KAFKA,
    Stage.TOPICS,
    Stage.USERS,
    Stage.FRAUD_DETECTION,
    Stage.ACCOUNT_FREEZER,
    Stage.BRONZE,
    Stage.TRANSFORM,
    Stage.HISTORY,
    Stage.SOURCES,
)


@dataclass(frozen=True)
class Rendering:
    """The children of a spec, and the stages that could not be rendered completely yet."""

    manifests: tuple[Manifest, ...]
    incomplete: frozenset[Stage] = frozenset()

    def of_stage(self, stage: Stage) -> dict[Ref, Manifest]:
        """Children of one stage, in their order."""
        return {ref_of(manifest): manifest for manifest in self.manifests if stage_of(manifest) == stage}


def find_steps(
    old: Rendering, new: Rendering, superseded: Collection[Stage] = (), keeps_topics: bool = False
) -> list[UpgradeStep]:
    """Steps in the order of upgrades: changes, then removals in reverse order, so that a pod goes before its user.

    A stage in `superseded` has children that neither rendering describes, so it is changed in any case. With
    `keeps_topics`, topics that are no longer part of the pipeline stay.
    """
    changes = [_change(stage, old, new, stage in superseded) for stage in UPGRADED_STAGES]
    removals = [_removal(stage, old, new, keeps_topics) for stage in reversed(UPGRADED_STAGES)]
    return [step for step in (*changes, *removals) if step]


def _change(stage: Stage, old: Rendering, new: Rendering, is_superseded: bool) -> UpgradeStep | None:
    old_children, new_children = old.of_stage(stage), new.of_stage(stage)
    changed = [ref for ref, manifest in new_children.items() if is_superseded or old_children.get(ref) != manifest]
    is_unknown = stage in old.incomplete | new.incomplete
    if not (changed or is_superseded or is_unknown):
        return None
    return UpgradeStep(
        stage=stage,
        action=StepAction.CHANGE,
        disruptive=_disrupts(ref for ref in changed if is_superseded or ref in old_children),
        children=[name_of(ref) for ref in changed],
        superseded=is_superseded,
    )


def _removal(stage: Stage, old: Rendering, new: Rendering, keeps_topics: bool) -> UpgradeStep | None:
    if stage in new.incomplete:
        return None
    gone = [ref for ref in removed(old.of_stage(stage), new.of_stage(stage)) if not _stays(ref, keeps_topics)]
    if not gone:
        return None
    return UpgradeStep(
        stage=stage,
        action=StepAction.REMOVE,
        disruptive=_disrupts(gone),
        children=[name_of(ref) for ref in gone],
    )


def removed(old: Mapping[Ref, Manifest], new: Mapping[Ref, Manifest]) -> dict[Ref, Manifest]:
    """Children that only the old rendering has."""
    return {ref: manifest for ref, manifest in old.items() if ref not in new}


def _stays(ref: Ref, keeps_topics: bool) -> bool:
    return keeps_topics and ref.kind == names.KAFKA_TOPIC


def _disrupts(refs: Iterable[Ref]) -> bool:
    return any(ref.kind in RUNNING_KINDS for ref in refs)
