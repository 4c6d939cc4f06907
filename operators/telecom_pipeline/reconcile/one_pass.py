"""One level-triggered pass: observe -> validate -> render -> plan -> apply -> status. A second pass changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.children.apply_failure import refusal
from operators.telecom_pipeline.children.child_state import ChildState
from operators.telecom_pipeline.figures.sink_figures import FiguresSource, NoFigures
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster, ClusterError, NamespaceEndingError
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan import Apply, Plan, make_plan, view_stages
from operators.telecom_pipeline.plan.stage_report import SETTLED, StageReport, report_stages
from operators.telecom_pipeline.reconcile.context import Context, read_context
from operators.telecom_pipeline.reconcile.dry_run import dry_run
from operators.telecom_pipeline.reconcile.observe import accepted_spec, latest_run
from operators.telecom_pipeline.status.build import Findings, StatusContext, build_invalid_status, build_status
from operators.telecom_pipeline.status.data import DataReport, NightlyRun, report_data
from operators.telecom_pipeline.status.inventory import inventory
from operators.telecom_pipeline.status.overdue import fail_overdue
from operators.telecom_pipeline.upgrade.evidence import evidence_of, policy_of
from operators.telecom_pipeline.upgrade.progress import judge
from operators.telecom_pipeline.upgrade.record import Upgrade
from operators.telecom_pipeline.upgrade.revisions import Revision, lasting_spec, remember, render_revisions
from operators.telecom_pipeline.upgrade.route import composition, next_upgrade, stored_upgrade
from operators.telecom_pipeline.validate import Problem, validate
from operators.telecom_pipeline.validate.shared_catalog import shared_catalog_problems


@dataclass(frozen=True)
class Reconciliation:
    """What one pass found and did. `plan` and `pipeline`, the one followed, are None when no valid spec is known."""

    status: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    pipeline: Pipeline | None = None
    plan: Plan | None = None
    failures: Mapping[Ref, ChildState] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the condition Ready holds."""
        return any(
            condition["type"] == "Ready" and condition["status"] == "True" for condition in self.status["conditions"]
        )


def reconcile(cluster: Cluster, ref: Ref, now: datetime, figures: FiguresSource | None = None) -> Reconciliation | None:
    """Bring the children of the TelecomPipeline at `ref` one step closer to its spec.

    `figures` tells about its data; without it, nothing is known of that.
    Returns None when it does not exist or is being deleted, which is the business of `tear_down`.

    An invalid spec is reported while the last valid one is kept running. A child that the cluster refuses is reported
    too and does not stop the others. Raises `ClusterError` when the cluster cannot be read or the status not
    written, and `NamespaceEndingError` when nothing can be made any more.
    """
    resource = cluster.get(ref)
    if resource is None or "deletionTimestamp" in resource["metadata"]:
        return None
    accepted = accepted_spec(cluster, ref.name, ref.namespace)
    conflicts = tuple(shared_catalog_problems(resource, cluster.list(ref.kind, ref.namespace)))
    pipeline, problems = _pipeline_to_follow(resource, accepted, conflicts)
    if pipeline is None:
        status = build_invalid_status(problems, _status_context(resource, now))
        reconciliation = Reconciliation(status, problems)
    else:
        reconciliation = _follow(cluster, resource, pipeline, problems, now, figures or NoFigures())
    if reconciliation.status != resource.get("status"):
        cluster.apply_status(ref, reconciliation.status)
    return reconciliation


def _pipeline_to_follow(
    resource: Manifest, accepted: Mapping[str, Any] | None, conflicts: tuple[Problem, ...]
) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    """Pipeline of the spec; or with its problems that of the last valid spec, if there was one.

    `conflicts` with other pipelines are problems too.

    `paused` and a dry run are honoured in an invalid spec too: who says stop must not be ignored for a typo elsewhere.
    """
    outcome = validate(resource, accepted)
    if isinstance(outcome, Pipeline) and not conflicts:
        return outcome, ()
    problems = conflicts if isinstance(outcome, Pipeline) else (*outcome, *conflicts)
    if accepted is None:
        return None, problems
    spec = resource.get("spec")
    switches: dict[str, Any] = {"paused": spec.get("paused") is True} if isinstance(spec, Mapping) else {}
    if isinstance(spec, Mapping) and spec.get("mode") == "DryRun":
        switches["mode"] = "DryRun"
    previous = validate({**resource, "spec": {**accepted, **switches}})
    return (previous if isinstance(previous, Pipeline) else None), problems


def _follow(
    cluster: Cluster,
    resource: Manifest,
    target: Pipeline,
    problems: tuple[Problem, ...],
    now: datetime,
    figures: FiguresSource,
) -> Reconciliation:
    context, previous = read_context(cluster, resource, target), resource.get("status", {})
    upgrade = _written_upgrade(cluster, resource, context, now)
    form = context.followed(upgrade)
    composed = composition(context.route, upgrade, context.before, context.target, context.observed.children)
    rendered = (*composed.manifests, *context.records)
    views = view_stages(form.pipeline, context.observed, form.missing, rendered)
    plan = make_plan(form.pipeline, views, composed.held)
    left, failures = _act(cluster, plan, context.observed.children)
    # A child that was just changed counts as not ready until its controller has seen it.
    views = view_stages(form.pipeline, replace(context.observed, children=left), form.missing, rendered)
    found = report_stages(views, make_plan(form.pipeline, views, composed.held).gates, failures)
    reports = fail_overdue(found, previous, now)
    if not target.is_left_alone:
        upgrade = _judged_upgrade(context, upgrade, reports, previous, now)
        _remember_revision(cluster, context, upgrade, reports, _generation(resource))
    findings = Findings(
        reports,
        form.endpoints,
        problems,
        upgrade,
        dry_run(context) if target.is_dry_run else None,
        _report_data(cluster, form.pipeline, reports, figures, previous, now),
        inventory(left),
    )
    status = build_status(form.pipeline, findings, _status_context(resource, now))
    return Reconciliation(status, problems, form.pipeline, plan, failures)


def _report_data(
    cluster: Cluster,
    pipeline: Pipeline,
    reports: Sequence[StageReport],
    figures: FiguresSource,
    previous: Mapping[str, Any],
    now: datetime,
) -> DataReport:
    name, namespace = pipeline.name, pipeline.namespace
    job = latest_run(cluster, name, namespace, names.NIGHTLY) if pipeline.batch_jobs else None
    nightly = NightlyRun(job, figures.of_nightly_run(name, namespace) if job else None)
    return report_data(pipeline, reports, figures.of_sink(name, namespace), nightly, previous, now)


def _written_upgrade(cluster: Cluster, resource: Manifest, context: Context, now: datetime) -> Upgrade | None:
    """The upgrade with the step that this pass takes, written down before anything is applied.

    Whoever comes after a crash must know which step was being taken.
    """
    previous = resource.get("status", {})
    stored = stored_upgrade(previous)
    upgrade = next_upgrade(context.route, stored, context.before, context.target, _generation(resource), now)
    if upgrade is not None and upgrade != stored:
        document = upgrade.model_dump(mode="json", by_alias=True, exclude_none=True)
        cluster.apply_status(ref_of(resource), {**previous, "upgrade": document})
    return upgrade


def _judged_upgrade(
    context: Context,
    upgrade: Upgrade | None,
    reports: Sequence[StageReport],
    previous: Mapping[str, Any],
    now: datetime,
) -> Upgrade | None:
    if upgrade is None:
        return None
    evidence = evidence_of(reports, context.observed.children, context.route.no_way_back(upgrade))
    return judge(upgrade, evidence, policy_of(context.route.target, previous, now), now)


def _remember_revision(
    cluster: Cluster, context: Context, upgrade: Upgrade | None, reports: Sequence[StageReport], generation: int
) -> None:
    """Keep the spec with which the pipeline is ready now, unless it is known already."""
    route, revisions = context.route, context.revisions
    newest = Revision(generation, lasting_spec(route.target), route.target_fingerprint)
    is_on_the_way = upgrade is not None and (upgrade.is_underway or upgrade.is_going_back)
    is_known = bool(revisions) and revisions[-1].is_same_as(newest)
    if is_known or is_on_the_way or any(report.state not in SETTLED for report in reports):
        return
    cluster.apply(render_revisions(route.target, remember(revisions, newest)))


def _act(
    cluster: Cluster, plan: Plan, children: Mapping[Ref, Manifest]
) -> tuple[dict[Ref, Manifest], dict[Ref, ChildState]]:
    """Take the actions; return the children that are then there, and why the cluster refused an action."""
    left: dict[Ref, Manifest] = dict(children)
    failures: dict[Ref, ChildState] = {}
    for action in plan.actions:
        try:
            if isinstance(action, Apply):
                left[action.ref] = cluster.apply(action.manifest)
            else:
                cluster.delete(action.ref)
                left.pop(action.ref, None)
        except NamespaceEndingError:
            raise
        except ClusterError as error:
            failures[action.ref] = refusal(error)
    return left, failures


def _generation(resource: Manifest) -> int:
    generation: int = resource["metadata"].get("generation", 1)
    return generation


def _status_context(resource: Manifest, now: datetime) -> StatusContext:
    return StatusContext(_generation(resource), resource.get("status", {}), now)
