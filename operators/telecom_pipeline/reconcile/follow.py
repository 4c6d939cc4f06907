"""Brings the children of a pipeline one step closer to a valid spec: plan -> apply -> judge -> status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from operators.telecom_pipeline.children.apply_failure import refusal
from operators.telecom_pipeline.children.child_state import ChildState
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster, ClusterError, NamespaceEndingError
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan import Apply, Plan, StageView, make_plan, view_stages
from operators.telecom_pipeline.plan.stage_report import SETTLED, StageReport, report_stages
from operators.telecom_pipeline.reconcile.context import Context, RenderedPipeline, read_context
from operators.telecom_pipeline.reconcile.dry_run import dry_run
from operators.telecom_pipeline.reconcile.observe import latest_run
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation, Task
from operators.telecom_pipeline.status.build import Findings, build_status
from operators.telecom_pipeline.status.data import DataReport, NightlyRun, report_data
from operators.telecom_pipeline.status.inventory import inventory
from operators.telecom_pipeline.status.overdue import fail_overdue
from operators.telecom_pipeline.upgrade.evidence import evidence_of, policy_of
from operators.telecom_pipeline.upgrade.progress import judge
from operators.telecom_pipeline.upgrade.record import Upgrade
from operators.telecom_pipeline.upgrade.revisions import Revision, lasting_spec, remember, render_revisions
from operators.telecom_pipeline.upgrade.route import children_to_apply, next_upgrade, stored_upgrade


@dataclass(frozen=True)
class _Applied:
    """What a pass did: the remaining children, what the cluster refused, and how the stages are."""

    followed: RenderedPipeline
    plan: Plan
    children: Mapping[Ref, Manifest]
    failures: Mapping[Ref, ChildState]
    reports: Sequence[StageReport]


def follow(task: Task) -> Reconciliation:
    """Take one step towards the task's pipeline and describe where it stands. Raises `ClusterError`."""
    context = read_context(task.cluster, task.resource, task.pipeline)
    upgrade = _begin_step(task, context)
    applied = _apply(task, context, upgrade)
    if not task.pipeline.is_left_alone:
        upgrade = _judge_step(task, context, upgrade, applied.reports)
        _remember_revision(task, context, upgrade, applied.reports)
    followed = applied.followed
    findings = Findings(
        reports=applied.reports,
        endpoints=followed.endpoints,
        problems=task.problems,
        upgrade=upgrade,
        dry_run=dry_run(context) if task.pipeline.is_dry_run else None,
        data=_report_data(task, followed.pipeline, applied.reports),
        inventory=inventory(applied.children),
    )
    status = build_status(followed.pipeline, findings, task.status_context)
    return Reconciliation(status, task.problems, followed.pipeline, applied.plan, applied.failures)


def _begin_step(task: Task, context: Context) -> Upgrade | None:
    """The upgrade with the step that this pass takes, recorded before anything is applied.

    Whoever takes over after a crash must know which step was being taken.
    """
    stored = stored_upgrade(task.previous)
    old, new = context.old_rendering, context.new.rendering
    upgrade = next_upgrade(context.route, stored, old, new, task.generation, task.now)
    if upgrade is not None and upgrade != stored:
        document = upgrade.model_dump(mode="json", by_alias=True, exclude_none=True)
        task.cluster.apply_status(ref_of(task.resource), {**task.previous, "upgrade": document})
    return upgrade


def _apply(task: Task, context: Context, upgrade: Upgrade | None) -> _Applied:
    followed, observed = context.followed(upgrade), context.observed
    composed = children_to_apply(
        context.route, upgrade, context.old_rendering, context.new.rendering, observed.children
    )
    rendered = (*composed.manifests, *context.records)

    def view(seen: Observed) -> tuple[StageView, ...]:
        return view_stages(followed.pipeline, seen, followed.missing, rendered)

    plan = make_plan(followed.pipeline, view(observed), composed.held)
    children, failures = _act(task.cluster, plan, observed.children)
    # A child that was just changed counts as not ready until its controller has seen it.
    views = view(replace(observed, children=children))
    gates = make_plan(followed.pipeline, views, composed.held).gates
    reports = fail_overdue(report_stages(views, gates, failures), task.previous, task.now)
    return _Applied(followed, plan, children, failures, reports)


def _act(
    cluster: Cluster, plan: Plan, existing: Mapping[Ref, Manifest]
) -> tuple[dict[Ref, Manifest], dict[Ref, ChildState]]:
    """Take the actions; return the remaining children, and why the cluster refused an action."""
    children: dict[Ref, Manifest] = dict(existing)
    failures: dict[Ref, ChildState] = {}
    for action in plan.actions:
        try:
            if isinstance(action, Apply):
                children[action.ref] = cluster.apply(action.manifest)
            else:
                cluster.delete(action.ref)
                children.pop(action.ref, None)
        except NamespaceEndingError:
            raise
        except ClusterError as error:
            failures[action.ref] = refusal(error)
    return children, failures


def _judge_step(
    task: Task, context: Context, upgrade: Upgrade | None, reports: Sequence[StageReport]
) -> Upgrade | None:
    if upgrade is None:
        return None
    evidence = evidence_of(reports, context.observed.children, context.route.no_way_back(upgrade))
    return judge(upgrade, evidence, policy_of(context.route.new, task.previous, task.now), task.now)


def _remember_revision(task: Task, context: Context, upgrade: Upgrade | None, reports: Sequence[StageReport]) -> None:
    """Keep the spec with which the pipeline is ready now, unless it is known already."""
    route, revisions = context.route, context.revisions
    newest = Revision(task.generation, lasting_spec(route.new), route.new_fingerprint)
    is_on_the_way = upgrade is not None and (upgrade.is_underway or upgrade.is_going_back)
    is_known = bool(revisions) and revisions[-1].is_same_as(newest)
    if is_known or is_on_the_way or any(report.state not in SETTLED for report in reports):
        return
    task.cluster.apply(render_revisions(route.new, remember(revisions, newest)))


def _report_data(task: Task, pipeline: Pipeline, reports: Sequence[StageReport]) -> DataReport:
    name, namespace = pipeline.name, pipeline.namespace
    job = latest_run(task.cluster, name, namespace, names.NIGHTLY) if pipeline.batch_jobs else None
    nightly = NightlyRun(job, task.figures.of_nightly_run(name, namespace) if job else None)
    return report_data(pipeline, reports, task.figures.of_sink(name, namespace), nightly, task.previous, task.now)
