"""All that one pass looks at: the children, the old and the new spec, and what each of them renders to."""

from collections.abc import Mapping
from dataclasses import dataclass

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
class RenderedPipeline:
    """A pipeline with the endpoints that are known now, and what it renders to with them.

    `missing` names, for each stage that cannot be rendered in full, the endpoints that it waits for.
    """

    pipeline: Pipeline
    endpoints: Endpoints
    missing: Mapping[Stage, tuple[str, ...]]
    rendering: Rendering


@dataclass(frozen=True)
class Context:
    """What a pass found. `old` is None where the pipeline was never ready."""

    route: Route
    observed: Observed
    new: RenderedPipeline
    old: RenderedPipeline | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def old_rendering(self) -> Rendering:
        """Children of the old spec; none where the pipeline was never ready."""
        return self.old.rendering if self.old else Rendering(())

    @property
    def records(self) -> tuple[Manifest, ...]:
        """Children that belong to no spec."""
        return (render_revisions(self.route.new, self.revisions),) if self.revisions else ()

    def followed(self, upgrade: Upgrade | None) -> RenderedPipeline:
        """The one of the two whose references and switches count."""
        return self.old if self.old and upgrade and upgrade.is_going_back else self.new


def read_context(cluster: Cluster, resource: Manifest, new: Pipeline) -> Context:
    """Read what a pass towards `new` needs. Raises `ClusterError`."""
    revisions = observe.revisions(cluster, new.name, new.namespace)
    route = route_to(new, resource, revisions)
    observed = observe.observe(cluster, *route.pipelines)
    old = render_observed(route.old, observed) if route.old else None
    return Context(route, observed, render_observed(new, observed), old, revisions)


def render_observed(pipeline: Pipeline, observed: Observed) -> RenderedPipeline:
    """Render a pipeline with the endpoints that were observed."""
    endpoints = find_endpoints(pipeline, observed.children, observed.references)
    missing = missing_endpoints(pipeline, endpoints)
    return RenderedPipeline(pipeline, endpoints, missing, Rendering(render(pipeline, endpoints), frozenset(missing)))
