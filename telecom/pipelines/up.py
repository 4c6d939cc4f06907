"""From a resource file to a pipeline that runs, with its services beside it."""

import time
from dataclasses import dataclass
from pathlib import Path

from local.cluster.daemon_control import ready_services, start_daemon
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.services.platform_services import SERVICE_NAMES
from local.state.paths import StateDirectory
from telecom.pipelines.bounded_sources import delete_completed
from telecom.pipelines.follow import POLL_SECONDS, Tell, follow
from telecom.pipelines.local_pipeline import LocalPipeline
from telecom.pipelines.resource_file import Resource, read_resource

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
    if start_daemon(state):
        tell(f"  daemon started; its state is in {state.root}")
    cluster.apply(resource.manifest)
    if rerun_sources and not delete_completed(cluster, resource):
        why = "their Jobs are not deleted"
        raise ServicesNotReadyError("run the sources once more", why, state.command("logs daemon"))
    _wait_for_services(state)
    follow(cluster, resource.ref, lambda view: view.holds("Ready"), "the pipeline is ready", READY_SECONDS, tell)
    return RunningPipeline(state, cluster, resource, time.monotonic() - started)


def _wait_for_services(state: StateDirectory) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while missing := set(SERVICE_NAMES) - set(ready_services(state)):
        if time.monotonic() > deadline:
            why = f"{', '.join(sorted(missing))} not ready after {READY_SECONDS:.0f} s"
            raise ServicesNotReadyError(
                "start the services", why, f"{state.command('status')}; {state.command('logs SERVICE')}"
            )
        time.sleep(POLL_SECONDS)
