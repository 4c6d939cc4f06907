"""Runs the batch jobs of a pipeline: one Job after the other, each followed to its end."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.adapters.workloads.job import is_finished
from local.adapters.workloads.pods import process_prefix
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.state.paths import StateDirectory
from local.supervisor.logs import tail
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.transform import UnknownRunError, render_batch_run
from telecom.pipelines.follow import POLL_SECONDS, Tell
from telecom.pipelines.known_endpoints import known_endpoints

RUN_SECONDS = 3600.0
GONE_SECONDS = 60.0
TELL_SECONDS = 10.0
LOG_TAIL_BYTES = 2000


class BatchRunError(LocalError):
    """A run could not be started."""


class FailedRunError(LocalError):
    """A run ended with an error."""


@dataclass(frozen=True)
class FinishedRun:
    """How a run ended: `log` is its output, `reason` what the Job says of a failure."""

    component: str
    has_succeeded: bool
    seconds: float
    log: Path
    reason: str

    def log_tail(self) -> str:
        """End of its output."""
        return tail(self.log, LOG_TAIL_BYTES)


def run_batch_job(
    state: StateDirectory,
    store: SqliteCluster,
    pipeline: Pipeline,
    component: str,
    arguments: Sequence[str],
    tell: Tell,
) -> FinishedRun:
    """Run a Job to its end. Raises `BatchRunError`, also while another one runs."""
    started = time.monotonic()
    finished = follow_run(store, pipeline, component, arguments, tell)
    log = state.log_file(f"{process_prefix(finished)}0")
    failure = failure_of(finished)
    return FinishedRun(component, failure is None, time.monotonic() - started, log, failure or "")


def follow_run(cluster: Cluster, pipeline: Pipeline, component: str, arguments: Sequence[str], tell: Tell) -> Manifest:
    """Apply the Job of a run in any cluster, wait until it is finished, return it. Raises as `run_batch_job` does."""
    job = _job(cluster, pipeline, component, arguments)
    ref, started = ref_of(job), time.monotonic()
    _clear(cluster, ref)
    cluster.apply(job)
    return _wait(cluster, ref, lambda: tell(f"  {component:18} runs for {time.monotonic() - started:.0f} s"))


def run_to_success(
    state: StateDirectory, store: SqliteCluster, pipeline: Pipeline, component: str, tell: Tell
) -> FinishedRun:
    """As `run_batch_job`, for a run that has no other good end. Raises `FailedRunError` with the end of its output."""
    done = run_batch_job(state, store, pipeline, component, (), tell)
    if not done.has_succeeded:
        raise FailedRunError(f"run {component}", f"{done.reason}\n{done.log_tail()}", f"less {done.log}")
    return done


def _job(store: Cluster, pipeline: Pipeline, component: str, arguments: Sequence[str]) -> Manifest:
    try:
        return render_batch_run(pipeline, known_endpoints(store, pipeline), component, arguments)
    except UnknownRunError as error:
        raise BatchRunError(f"run {component}", str(error), "telecom status") from error


def _clear(store: Cluster, ref: Ref) -> None:
    """Remove the Job of the run before; one that still runs is left alone."""
    before = store.get(ref)
    if before is None:
        return
    if not is_finished(before):
        raise BatchRunError(f"run {ref.name}", "a run is under way", "wait for it; telecom status")
    store.delete(ref)
    deadline = time.monotonic() + GONE_SECONDS
    while store.get(ref) is not None:
        if time.monotonic() > deadline:
            raise BatchRunError(f"run {ref.name}", "the Job of the run before does not go away", "telecom logs daemon")
        time.sleep(POLL_SECONDS)


def _wait(store: Cluster, ref: Ref, tell_progress: Callable[[], None]) -> Manifest:
    deadline, told = time.monotonic() + RUN_SECONDS, time.monotonic()
    while time.monotonic() < deadline:
        job = store.get(ref)
        if job is not None and is_finished(job):
            return job
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            tell_progress()
        time.sleep(POLL_SECONDS)
    raise BatchRunError(f"run {ref.name}", f"it is not finished after {RUN_SECONDS:.0f} s", "telecom status")


def failure_of(job: Manifest) -> str | None:
    """What the Job says of its failure; None if it completed."""
    conditions = job.get("status", {}).get("conditions", [])
    failed = [condition for condition in conditions if condition["type"] == "Failed" and condition["status"] == "True"]
    return str(failed[0].get("message", "")) if failed else None
