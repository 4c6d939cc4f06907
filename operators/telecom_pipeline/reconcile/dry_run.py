"""What a pass would do, for the status of a pipeline in mode DryRun. Pure."""

from collections.abc import Iterable

from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_report import name_of
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.reconcile.context import Context
from operators.telecom_pipeline.reconcile.preview import Change, compare
from operators.telecom_pipeline.status.model import DryRunStatus, PlannedChange
from operators.telecom_pipeline.upgrade.steps import find_steps

# An object may have at most 1.5 MB in etcd, and people read the status.
LONGEST_DIFF_CHARACTERS = 2000
MOST_CHANGES = 100
CUT_OFF = "\n… (cut off; `telecom kube diff` shows all)"


def dry_run(context: Context) -> DryRunStatus:
    """Changes and steps from what is there to the new spec."""
    route, new = context.route, context.new
    rendered = {ref_of(manifest): manifest for manifest in _without_records(new.rendering.manifests)}
    children = {ref_of(child): child for child in _without_records(context.observed.children.values())}
    found = compare(rendered, children, new.missing)
    superseded, keeps_topics = route.rendered_otherwise, new.pipeline.keeps_records
    steps = find_steps(context.old_rendering, new.rendering, superseded, keeps_topics) if context.old else []
    return DryRunStatus(
        changes=[_planned(change) for change in found.changes[:MOST_CHANGES]],
        steps=steps,
        unknown=[f"{stage}: waits for {', '.join(names)}" for stage, names in found.missing.items()],
    )


def _without_records(manifests: Iterable[Manifest]) -> Iterable[Manifest]:
    """The operator's own records are not part of what runs."""
    return (manifest for manifest in manifests if stage_of(manifest) != Stage.STORAGE)


def _planned(change: Change) -> PlannedChange:
    text = change.text if change.action == "update" else ""
    is_long = len(text) > LONGEST_DIFF_CHARACTERS
    diff = text[:LONGEST_DIFF_CHARACTERS] + CUT_OFF if is_long else text
    return PlannedChange(action=change.action, child=name_of(change.ref), diff=diff)
