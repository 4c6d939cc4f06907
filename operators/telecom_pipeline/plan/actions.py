"""What a reconciliation does to the cluster, in order."""

from collections.abc import Collection
from dataclasses import dataclass

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import RUN_DIGEST_ANNOTATION
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, kind_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.gates import AWAITS_STEP, Gate, find_gates
from operators.telecom_pipeline.plan.stage_view import StageView


@dataclass(frozen=True)
class Apply:
    """Bring an object to what its manifest says."""

    ref: Ref
    manifest: Manifest


@dataclass(frozen=True)
class Delete:
    """Delete an object; `reason` is for the log."""

    ref: Ref
    reason: str


@dataclass(frozen=True)
class Plan:
    """Actions in the order in which they are taken, and the gates that held others back."""

    actions: tuple[Apply | Delete, ...]
    gates: dict[Stage, Gate]


def make_plan(pipeline: Pipeline, views: tuple[StageView, ...], held: Collection[Stage] = ()) -> Plan:
    """Plan of one reconciliation. It does nothing to a pipeline that is left alone or to a stage that is held."""
    gates = find_gates(views, pipeline.is_suspended) | dict.fromkeys(held, AWAITS_STEP)
    if pipeline.is_left_alone:
        return Plan((), gates)
    applies = [action for view in views for action in _stage_actions(view, gates[view.stage])]
    return Plan((*applies, *_prune(pipeline, views)), gates)


def _stage_actions(view: StageView, gate: Gate) -> list[Apply | Delete]:
    return [
        _apply_or_rerun(ref, manifest, view.existing.get(ref))
        for ref, manifest in view.desired.items()
        if not gate.holds(view, ref) and not _is_being_deleted(view.existing.get(ref))
    ]


def _apply_or_rerun(ref: Ref, manifest: Manifest, existing: Manifest | None) -> Apply | Delete:
    """A Job's pod template cannot change: a Job of the same run keeps its own, and a different run needs a new Job."""
    if existing is None or kind_of(manifest) != names.JOB:
        return Apply(ref, manifest)
    if _run_digest(existing) != _run_digest(manifest):
        return Delete(ref, "its run has changed; the next one starts when this Job is gone")
    return Apply(ref, manifest | {"spec": manifest["spec"] | {"template": existing["spec"]["template"]}})


def _run_digest(job: Manifest) -> str | None:
    digest: str | None = job["metadata"].get("annotations", {}).get(RUN_DIGEST_ANNOTATION)
    return digest


def _prune(pipeline: Pipeline, views: tuple[StageView, ...]) -> list[Delete]:
    """Children that are no longer rendered, from the last stage that has any: so a pod goes before its user."""
    for view in reversed(views):
        obsolete = [ref for ref in view.existing if _is_obsolete(pipeline, view, ref)]
        if obsolete:
            leaving = [ref for ref in obsolete if not _is_being_deleted(view.existing[ref])]
            return [Delete(ref, "it is no longer part of the pipeline") for ref in leaving]
    return []


def _is_obsolete(pipeline: Pipeline, view: StageView, ref: Ref) -> bool:
    """Nothing is obsolete while an endpoint is missing; a topic whose records are to be kept never is."""
    is_kept_topic = ref.kind == names.KAFKA_TOPIC and pipeline.keeps_records
    return ref not in view.desired and not view.missing_endpoints and not is_kept_topic


def _is_being_deleted(existing: Manifest | None) -> bool:
    return existing is not None and "deletionTimestamp" in existing["metadata"]
