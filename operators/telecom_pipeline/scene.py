"""All that one pass looks at: the children, the specs it goes between, and what they render to."""

from dataclasses import dataclass, field

from operators.telecom_pipeline import observe
from operators.telecom_pipeline.cluster import Cluster
from operators.telecom_pipeline.endpoints import find_endpoints
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.observe import Observed
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render import missing_endpoints, render
from operators.telecom_pipeline.upgrade.course import Course, chart
from operators.telecom_pipeline.upgrade.revisions import Revision, render_revisions
from operators.telecom_pipeline.upgrade.steps import Rendering


@dataclass(frozen=True)
class Scene:
    """What a pass found; `before` is empty where the course has no start."""

    course: Course
    observed: Observed
    target: Rendering
    before: Rendering = field(default=Rendering(()))
    revisions: tuple[Revision, ...] = ()

    @property
    def records(self) -> tuple[Manifest, ...]:
        """Children that are no part of any spec."""
        return (render_revisions(self.course.target, self.revisions),) if self.revisions else ()


def look(cluster: Cluster, resource: Manifest, target: Pipeline) -> Scene:
    """Read what a pass towards `target` needs. Raises `ClusterError`."""
    revisions = observe.revisions(cluster, target.name, target.namespace)
    course = chart(target, resource, revisions)
    children = observe.observe_children(cluster, target.name, target.namespace)
    observed = observe.observe(cluster, children, *course.pipelines)
    before = rendering(course.before, observed) if course.before else Rendering(())
    return Scene(course, observed, rendering(target, observed), before, revisions)


def rendering(pipeline: Pipeline, observed: Observed) -> Rendering:
    """Children of one form of the pipeline, with the endpoints that are known now."""
    endpoints = find_endpoints(pipeline, observed.children, observed.references)
    return Rendering(render(pipeline, endpoints), frozenset(missing_endpoints(pipeline, endpoints)))
