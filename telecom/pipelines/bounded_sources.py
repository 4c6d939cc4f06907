"""The sources of a pipeline that end by themselves: Jobs that send events for a given time."""

import time
from datetime import datetime

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.objects.names import JOB
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.reconcile.observe import observe_children
from telecom.pipelines.follow import POLL_SECONDS
from telecom.pipelines.resource_file import Resource

GONE_SECONDS = 300.0


def bounded_sources(cluster: SqliteCluster, resource: Resource) -> dict[Ref, Manifest]:
    """Jobs of the bounded sources as they are now."""
    pipeline = resource.pipeline
    children = observe_children(cluster, pipeline.name, pipeline.namespace)
    return {ref: child for ref, child in children.items() if ref.kind == JOB and stage_of(child) == Stage.SOURCES}


def sources_started_at(cluster: SqliteCluster, resource: Resource) -> datetime | None:
    """When the first bounded source of this run started, to the second; None if none has started."""
    times = [job.get("status", {}).get("startTime") for job in bounded_sources(cluster, resource).values()]
    return min((datetime.fromisoformat(time) for time in times if time), default=None)


def has_succeeded(job: Manifest) -> bool:
    """Whether a Job has completed."""
    return bool(job.get("status", {}).get("succeeded"))


def delete_completed(cluster: SqliteCluster, resource: Resource) -> bool:
    """Delete the Jobs that have completed, so that the next reconciliation creates new ones.

    Waits until they are gone, because a Job that is still there could be taken for a new one; False if they stay.
    """
    for ref, job in bounded_sources(cluster, resource).items():
        if has_succeeded(job):
            cluster.delete(ref)
    deadline = time.monotonic() + GONE_SECONDS
    while any(has_succeeded(job) for job in bounded_sources(cluster, resource).values()):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
