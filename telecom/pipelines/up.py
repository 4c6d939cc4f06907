"""From a resource file to a pipeline that runs, with its services beside it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.cluster.daemon_control import ready_services, start_daemon
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.services.platform_services import SERVICE_NAMES
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from telecom.pipelines.bounded_sources import delete_completed
from telecom.pipelines.follow import POLL_SECONDS, Tell, follow
from telecom.pipelines.local_pipeline import LocalPipeline
from telecom.pipelines.resource_file import Resource, pipeline_of_resource, read_resource

READY_SECONDS = 300.0


class ServicesNotReadyError(LocalError):
    """A service did not start in time, or the Jobs of an earlier run did not go away."""


@dataclass(frozen=True)
class RunningPipeline:
    """A pipeline that was ready `seconds` after it was asked for."""

    state: StateDirectory
    cluster: SqliteCluster
    resource: Resource
    seconds: float

    @property
    def local(self) -> LocalPipeline:
        """The pipeline as the batch verbs take it."""
        return LocalPipeline(self.state, self.cluster, self.resource.pipeline)


def bring_up(state: StateDirectory, file: Path, tell: Tell, rerun_sources: bool = False) -> RunningPipeline:
    """Start the daemon if it does not run, apply the resource and wait until all of it is ready.

    With `rerun_sources`, sources that have ended start once more. Raises `LocalError`.
    """
    started = time.monotonic()
    cluster = SqliteCluster(state.store)
    resource = read_resource(file, cluster)
    _start_daemon(state, tell)
    cluster.apply(resource.manifest)
    if rerun_sources and not delete_completed(cluster, resource):
        why = "their Jobs are not deleted"
        raise ServicesNotReadyError("run the sources once more", why, state.command("logs daemon"))
    _wait_for_services(state)
    _follow_until_ready(cluster, resource.ref, tell)
    return RunningPipeline(state, cluster, resource, time.monotonic() - started)


def applied_resources(cluster: SqliteCluster) -> Sequence[Resource]:
    """Pipelines that a cluster has, as they were last applied, without those that are being deleted.

    Raises `ResourceFileError` for an invalid one.
    """
    found = [each for each in cluster.list_kind(TELECOM_PIPELINE) if "deletionTimestamp" not in each["metadata"]]
    return [Resource(manifest, pipeline_of_resource(manifest)) for manifest in found]


def resume(state: StateDirectory, resources: Sequence[Resource], tell: Tell) -> float:
    """Start the daemon if it does not run, change nothing that was applied, and wait until the pipelines are ready.

    One that is paused, suspended or run dry is not waited for, because it never becomes ready.
    Returns the seconds that it took. Raises `LocalError`.
    """
    started = time.monotonic()
    cluster = SqliteCluster(state.store)
    _start_daemon(state, tell)
    _wait_for_services(state)
    for ref in (each.ref for each in resources if can_become_ready(each.pipeline)):
        _follow_until_ready(cluster, ref, tell)
    return time.monotonic() - started


def can_become_ready(pipeline: Pipeline) -> bool:
    """Whether waiting for the pipeline can have an end: the operator leaves it running and may change it."""
    return not (pipeline.is_left_alone or pipeline.is_suspended)


def _start_daemon(state: StateDirectory, tell: Tell) -> None:
    if start_daemon(state):
        tell(f"  daemon started; its state is in {state.root}")


def _follow_until_ready(cluster: SqliteCluster, ref: Ref, tell: Tell) -> None:
    follow(cluster, ref, lambda view: view.holds("Ready"), "the pipeline is ready", READY_SECONDS, tell)


def _wait_for_services(state: StateDirectory) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while missing := set(SERVICE_NAMES) - set(ready_services(state)):
        if time.monotonic() > deadline:
            why = f"{', '.join(sorted(missing))} not ready after {READY_SECONDS:.0f} s"
            raise ServicesNotReadyError(
                "start the services", why, f"{state.command('status')}; {state.command('logs SERVICE')}"
            )
        time.sleep(POLL_SECONDS)
