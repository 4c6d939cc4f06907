"""What a pass would do, for the status of a pipeline in mode DryRun. Pure."""

from collections.abc import Iterable

from operators.telecom_pipeline.endpoints import find_endpoints
from operators.telecom_pipeline.manifest import Manifest, ref_of
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.preview import Change, compare
from operators.telecom_pipeline.render import missing_endpoints
from operators.telecom_pipeline.scene import Scene
from operators.telecom_pipeline.stages import Stage
from operators.telecom_pipeline.status.model import DryRunStatus, PlannedChange
from operators.telecom_pipeline.status.stage_report import name_of
from operators.telecom_pipeline.upgrade.steps import find_steps

# An object has at most 1.5 MB in etcd, and a status is read by people.
LONGEST_DIFF_CHARACTERS = 2000
MOST_CHANGES = 100
CUT_OFF = "\n… (cut off; `telecom kube diff` shows all)"


def dry_run(scene: Scene) -> DryRunStatus:
    """Changes and steps from what is there to the wanted spec."""
    target = scene.course.target
    endpoints = find_endpoints(target, scene.observed.children, scene.observed.references)
    rendered = {ref_of(manifest): manifest for manifest in _without_records(scene.target.manifests)}
    children = {ref_of(child): child for child in _without_records(scene.observed.children.values())}
    found = compare(rendered, children, missing_endpoints(target, endpoints))
    keeps_topics, renewed = target.keeps_records, scene.course.renewed
    steps = find_steps(scene.before, scene.target, renewed, keeps_topics) if scene.course.before else []
    return DryRunStatus(
        changes=[_planned(change) for change in found.changes[:MOST_CHANGES]],
        steps=steps,
        unknown=[f"{stage}: waits for {', '.join(names)}" for stage, names in found.missing.items()],
    )


def _without_records(manifests: Iterable[Manifest]) -> Iterable[Manifest]:
    """The operator's own records are no part of what runs."""
    return (manifest for manifest in manifests if stage_of(manifest) != Stage.STORAGE)


def _planned(change: Change) -> PlannedChange:
    text = change.text if change.action == "update" else ""
    is_long = len(text) > LONGEST_DIFF_CHARACTERS
    diff = text[:LONGEST_DIFF_CHARACTERS] + CUT_OFF if is_long else text
    return PlannedChange(action=change.action, child=name_of(change.ref), diff=diff)
