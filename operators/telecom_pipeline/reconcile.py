"""One level-triggered pass: observe -> validate -> render -> plan -> apply -> status. A second pass changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.cluster import Cluster, ClusterError
from operators.telecom_pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.manifest import Manifest, Ref
from operators.telecom_pipeline.observe import Observed, accepted_spec, observe, observe_children
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.plan import Apply, Plan, make_plan, view_stages
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.status.apply_failure import refusal
from operators.telecom_pipeline.status.build import build_invalid_status, build_status
from operators.telecom_pipeline.status.child_state import ChildState
from operators.telecom_pipeline.status.stage_report import report_stages
from operators.telecom_pipeline.validate import Problem, validate


@dataclass(frozen=True)
class Reconciliation:
    """What one pass found and did. `plan` is None when no valid spec is known."""

    status: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = None
    failures: Mapping[Ref, ChildState] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the condition Ready holds."""
        return any(
            condition["type"] == "Ready" and condition["status"] == "True" for condition in self.status["conditions"]
        )


def reconcile(cluster: Cluster, ref: Ref, now: datetime) -> Reconciliation | None:
    """Bring the children of the TelecomPipeline at `ref` one step closer to its spec.

    Returns None when it does not exist or is being deleted, which is the business of `tear_down`.

    An invalid spec is reported while the last valid one is kept running. A child that the cluster refuses is reported
    too and does not stop the others. Raises `ClusterError` when the cluster cannot be read or the status not written.
    """
    resource = cluster.get(ref)
    if resource is None or "deletionTimestamp" in resource["metadata"]:
        return None
    accepted = accepted_spec(cluster, ref.name, ref.namespace)
    pipeline, problems = _pipeline_to_follow(resource, accepted)
    if pipeline is None:
        status = build_invalid_status(problems, _generation(resource), resource.get("status", {}), now)
        reconciliation = Reconciliation(status, problems)
    else:
        reconciliation = _follow(cluster, resource, pipeline, problems, now)
    if reconciliation.status != resource.get("status"):
        cluster.apply_status(ref, reconciliation.status)
    return reconciliation


def _pipeline_to_follow(
    resource: Manifest, accepted: Mapping[str, Any] | None
) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    """Pipeline of the spec; or with its problems that of the last valid spec, if there was one.

    `paused` is honoured in an invalid spec too: who says stop must not be ignored for a typo elsewhere.
    """
    outcome = validate(resource, accepted)
    if isinstance(outcome, Pipeline):
        return outcome, ()
    if accepted is None:
        return None, outcome
    spec = resource.get("spec")
    is_paused = isinstance(spec, Mapping) and spec.get("paused") is True
    previous = validate({**resource, "spec": {**accepted, "paused": is_paused}})
    return (previous if isinstance(previous, Pipeline) else None), outcome


def _follow(
    cluster: Cluster, resource: Manifest, pipeline: Pipeline, problems: tuple[Problem, ...], now: datetime
) -> Reconciliation:
    children = observe_children(cluster, pipeline.name, pipeline.namespace)
    observed = observe(cluster, pipeline, children)
    endpoints = find_endpoints(pipeline, observed.children, observed.references)
    rendered = render(pipeline, endpoints)
    plan = make_plan(pipeline, view_stages(pipeline, observed, endpoints, rendered))
    left, failures = _act(cluster, plan, observed.children)
    after = replace(observed, children=left)
    status = _status(resource, pipeline, after, endpoints, rendered, failures, problems, now)
    return Reconciliation(status, problems, plan, failures)


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
        except ClusterError as error:
            failures[action.ref] = refusal(error)
    return left, failures


def _status(
    resource: Manifest,
    pipeline: Pipeline,
    observed: Observed,
    endpoints: Endpoints,
    rendered: tuple[Manifest, ...],
    failures: Mapping[Ref, ChildState],
    problems: tuple[Problem, ...],
    now: datetime,
) -> dict[str, Any]:
    """Status after the actions: a child that was just changed counts as not ready until its controller has seen it."""
    views = view_stages(pipeline, observed, endpoints, rendered)
    gates = make_plan(pipeline, views).gates
    reports = report_stages(views, gates, failures)
    return build_status(pipeline, reports, endpoints, problems, _generation(resource), resource.get("status", {}), now)


def _generation(resource: Manifest) -> int:
    generation: int = resource["metadata"].get("generation", 1)
    return generation
