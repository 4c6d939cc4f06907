"""From a resource file to a pipeline that runs, with its services beside it."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local.cluster.daemon_control import ready_services, start_daemon
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.services.platform_services import SERVICE_NAMES
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.objects.names import JOB
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.reconcile.observe import observe_children
from telecom.pipelines.follow import POLL_SECONDS, Tell, follow
from telecom.pipelines.resource_file import Resource, read_resource

READY_SECONDS = 300.0


class ServicesNotReadyError(LocalError):
    """A service, or the end of an earlier run, did not come in time."""


@dataclass(frozen=True)
class RunningPipeline:
    """A pipeline that was ready when this was made."""

    state: StateDirectory
    cluster: SqliteCluster
    resource: Resource
    seconds: float


def bring_up(state: StateDirectory, file: Path, tell: Tell, rerun_sources: bool = False) -> RunningPipeline:
    """Start the daemon if none runs, apply the resource and wait until all of it is ready.

    With `rerun_sources`, sources that came to their end start once more. Raises `LocalError`.
    """
    started = time.monotonic()
    cluster = SqliteCluster(state.store)
    resource = read_resource(file, cluster)
    if start_daemon(state):
        tell(f"  daemon started; its state is in {state.root}")
    cluster.apply(resource.manifest)
    if rerun_sources:
        _delete_finished_jobs(cluster, resource)
    _wait_for_services(state)
    follow(cluster, resource.ref, lambda view: view.holds("Ready"), "the pipeline is ready", READY_SECONDS, tell)
    return RunningPipeline(state, cluster, resource, time.monotonic() - started)


def bounded_sources(cluster: SqliteCluster, resource: Resource) -> dict[Ref, Manifest]:
    """Jobs of the sources that end by themselves, as they are now."""
    pipeline = resource.pipeline
    children = observe_children(cluster, pipeline.name, pipeline.namespace)
    return {ref: child for ref, child in children.items() if ref.kind == JOB and stage_of(child) == Stage.SOURCES}


def sources_started_at(cluster: SqliteCluster, resource: Resource) -> datetime | None:
    """When the first bounded source of this run started, to the second; None before that."""
    times = [job.get("status", {}).get("startTime") for job in bounded_sources(cluster, resource).values()]
    return min((datetime.fromisoformat(time) for time in times if time), default=None)


def has_succeeded(job: Manifest) -> bool:
    """Whether a Job came to its end."""
    return bool(job.get("status", {}).get("succeeded"))


def _delete_finished_jobs(cluster: SqliteCluster, resource: Resource) -> None:
    """The next reconciliation makes them anew. Waits until they are gone: nobody shall take them for the new ones."""
    finished = {ref for ref, job in bounded_sources(cluster, resource).items() if has_succeeded(job)}
    for ref in finished:
        cluster.delete(ref)
    deadline = time.monotonic() + READY_SECONDS
    while any(has_succeeded(job) for job in bounded_sources(cluster, resource).values()):
        if time.monotonic() > deadline:
            why = "their Jobs are not deleted"
            raise ServicesNotReadyError("run the sources once more", why, "telecom logs daemon")
        time.sleep(POLL_SECONDS)


def _wait_for_services(state: StateDirectory) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while missing := set(SERVICE_NAMES) - set(ready_services(state)):
        if time.monotonic() > deadline:
            why = f"{', '.join(sorted(missing))} not ready after {READY_SECONDS:.0f} s"
            raise ServicesNotReadyError("start the services", why, "telecom status; telecom logs SERVICE")
        time.sleep(POLL_SECONDS)
