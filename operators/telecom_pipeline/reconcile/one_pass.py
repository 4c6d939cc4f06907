"""One level-triggered pass: observe -> validate -> render -> plan -> apply -> status. A second pass changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.figures.sink_figures import FiguresSource, NoFigures
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.reconcile.follow import follow
from operators.telecom_pipeline.reconcile.observe import accepted_spec
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation, Task, status_context
from operators.telecom_pipeline.status.build import build_invalid_status
from operators.telecom_pipeline.validate import Problem, validate
from operators.telecom_pipeline.validate.shared_catalog import shared_catalog_problems


def reconcile(cluster: Cluster, ref: Ref, now: datetime, figures: FiguresSource | None = None) -> Reconciliation | None:
    """Bring the children of the TelecomPipeline at `ref` one step closer to its spec.

    `figures` is where figures about its data come from; without it, nothing is known about the data.
    Returns None when the resource does not exist or is being deleted, which is the business of `tear_down`.

    An invalid spec is reported while the last valid one is kept running. A child that the cluster refuses is reported
    too and does not stop the others. Raises `ClusterError` when the cluster cannot be read or the status cannot be
    written, and `NamespaceEndingError` when nothing can be created any longer.
    """
    resource = cluster.get(ref)
    if resource is None or "deletionTimestamp" in resource["metadata"]:
        return None
    accepted = accepted_spec(cluster, ref.name, ref.namespace)
    conflicts = tuple(shared_catalog_problems(resource, cluster.list(ref.kind, ref.namespace)))
    pipeline, problems = _pipeline_to_follow(resource, accepted, conflicts)
    if pipeline is None:
        reconciliation = Reconciliation(build_invalid_status(problems, status_context(resource, now)), problems)
    else:
        reconciliation = follow(Task(cluster, resource, pipeline, problems, now, figures or NoFigures()))
    if reconciliation.status != resource.get("status"):
        cluster.apply_status(ref, reconciliation.status)
    return reconciliation


def _pipeline_to_follow(
    resource: Manifest, accepted: Mapping[str, Any] | None, conflicts: tuple[Problem, ...]
) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    """The pipeline of the spec; if the spec has problems, that of the last valid spec, if there was one.

    `conflicts` with other pipelines are problems too.

    `paused` and a dry run are honoured even in an invalid spec: a typo elsewhere must not undo somebody's stop.
    """
    outcome = validate(resource, accepted)
    if isinstance(outcome, Pipeline) and not conflicts:
        return outcome, ()
    problems = conflicts if isinstance(outcome, Pipeline) else (*outcome, *conflicts)
    if accepted is None:
        return None, problems
    last_valid = validate({**resource, "spec": {**accepted, **_stops(resource.get("spec"))}})
    return (last_valid if isinstance(last_valid, Pipeline) else None), problems


def _stops(spec: object) -> dict[str, Any]:
    """The switches that keep the operator from acting, as they are written in a spec that may be anything."""
    if not isinstance(spec, Mapping):
        return {}
    is_dry_run = spec.get("mode") == "DryRun"
    return {"paused": spec.get("paused") is True} | ({"mode": "DryRun"} if is_dry_run else {})
