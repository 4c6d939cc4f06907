"""All that one pass looks at: the children, the specs it goes between, and what they render to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.reconcile import observe
from operators.telecom_pipeline.render import missing_endpoints, render
from operators.telecom_pipeline.upgrade.record import Upgrade
from operators.telecom_pipeline.upgrade.revisions import Revision, render_revisions
from operators.telecom_pipeline.upgrade.route import Route, route_to
from operators.telecom_pipeline.upgrade.steps import Rendering


@dataclass(frozen=True)
class Form:
    """One form of a pipeline with the endpoints that are known now, and what it renders to with them.

    `missing` names, for each stage that cannot be rendered in full, the endpoints that it waits for.
    """

    pipeline: Pipeline
    endpoints: Endpoints
    missing: Mapping[Stage, tuple[str, ...]]
    rendering: Rendering


@dataclass(frozen=True)
class Context:
    """What a pass found; `former` is None where the route has no start."""

    route: Route
    observed: Observed
    wanted: Form
    former: Form | None = None
    revisions: tuple[Revision, ...] = field(default=())

    @property
    def target(self) -> Rendering:
        """Children of the wanted spec."""
        return self.wanted.rendering

    @property
    def before(self) -> Rendering:
        """Children of the spec before; none where the route has no start."""
        return self.former.rendering if self.former else Rendering(())

    @property
    def records(self) -> tuple[Manifest, ...]:
        """Children that are no part of any spec."""
        return (render_revisions(self.route.target, self.revisions),) if self.revisions else ()

    def followed(self, upgrade: Upgrade | None) -> Form:
        """The form whose references and switches count."""
        return self.former if self.former and upgrade and upgrade.is_going_back else self.wanted


def read_context(cluster: Cluster, resource: Manifest, target: Pipeline) -> Context:
    """Read what a pass towards `target` needs. Raises `ClusterError`."""
    revisions = observe.revisions(cluster, target.name, target.namespace)
    route = route_to(target, resource, revisions)
    children = observe.observe_children(cluster, target.name, target.namespace)
    observed = observe.observe(cluster, children, *route.pipelines)
    former = form_of(route.before, observed) if route.before else None
    return Context(route, observed, form_of(target, observed), former, revisions)


def form_of(pipeline: Pipeline, observed: Observed) -> Form:
    """A form of the pipeline as it renders with what was observed."""
    endpoints = find_endpoints(pipeline, observed.children, observed.references)
    missing = missing_endpoints(pipeline, endpoints)
    return Form(pipeline, endpoints, missing, Rendering(render(pipeline, endpoints), frozenset(missing)))
