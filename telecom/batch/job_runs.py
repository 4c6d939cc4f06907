"""Runs a batch job of a pipeline as a Job and waits until it has ended."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.adapters.workloads.job import is_finished
from local.adapters.workloads.pods import process_prefix
from local.errors import LocalError
from local.supervisor.logs import tail
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, ref_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.transform import UnknownRunError, render_batch_run
from telecom.pipelines.follow import POLL_SECONDS, Tell
from telecom.pipelines.known_endpoints import known_endpoints
from telecom.pipelines.local_pipeline import LocalPipeline

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
    """How a run ended: `log` is its output, `failure` is what the Job says about a failure (None: it succeeded)."""

    component: str
    seconds: float
    log: Path
    failure: str | None

    @property
    def last_words(self) -> str:
        """The failure and the end of the output."""
        return f"{self.failure or ''}\n{tail(self.log, LOG_TAIL_BYTES)}"

    @property
    def summary(self) -> str:
        """That the run is done, in a line."""
        return f"{self.component} done after {self.seconds:.1f} s; its output is in {self.log}"


def run_batch_job(target: LocalPipeline, component: str, arguments: Sequence[str], tell: Tell) -> FinishedRun:
    """Run a Job on this machine until it has ended. Raises `BatchRunError`, also if another run is under way."""
    started = time.monotonic()
    finished = follow_run(target.store, target.pipeline, component, arguments, tell)
    log = target.state.log_file(f"{process_prefix(finished)}0")
    return FinishedRun(component, time.monotonic() - started, log, failure_of(finished))


def run_to_success(target: LocalPipeline, component: str, tell: Tell, arguments: Sequence[str] = ()) -> FinishedRun:
    """As `run_batch_job`, but raises `FailedRunError` with the end of the output if the run failed."""
    done = run_batch_job(target, component, arguments, tell)
    if done.failure is not None:
        raise FailedRunError(f"run {component}", done.last_words, f"less {done.log}")
    return done


def follow_run(cluster: Cluster, pipeline: Pipeline, component: str, arguments: Sequence[str], tell: Tell) -> Manifest:
    """Apply the Job of a run in any cluster and wait until it has ended. Returns it. Raises `BatchRunError`."""
    manifest = _manifest(cluster, pipeline, component, arguments)
    ref, started = ref_of(manifest), time.monotonic()
    _delete_former(cluster, ref)
    cluster.apply(manifest)
    return _wait(cluster, ref, lambda: tell(f"  {component:18} runs for {time.monotonic() - started:.0f} s"))


def failure_of(job: Manifest) -> str | None:
    """What the Job says about its failure; None if it completed."""
    conditions = job.get("status", {}).get("conditions", [])
    failed = [condition for condition in conditions if condition["type"] == "Failed" and condition["status"] == "True"]
    return str(failed[0].get("message", "")) if failed else None


def _manifest(cluster: Cluster, pipeline: Pipeline, component: str, arguments: Sequence[str]) -> Manifest:
    try:
        return render_batch_run(pipeline, known_endpoints(cluster, pipeline), component, arguments)
    except UnknownRunError as error:
        raise BatchRunError(f"run {component}", str(error), "telecom status") from error


def _delete_former(cluster: Cluster, ref: Ref) -> None:
    """Remove the Job of the run before. Raises `BatchRunError` if it still runs."""
    former = cluster.get(ref)
    if former is None:
        return
    if not is_finished(former):
        raise BatchRunError(f"run {ref.name}", "a run is under way", "wait for it; telecom status")
    cluster.delete(ref)
    deadline = time.monotonic() + GONE_SECONDS
    while cluster.get(ref) is not None:
        if time.monotonic() > deadline:
            raise BatchRunError(f"run {ref.name}", "the Job of the run before is not deleted", "telecom logs daemon")
        time.sleep(POLL_SECONDS)


def _wait(cluster: Cluster, ref: Ref, tell_progress: Callable[[], None]) -> Manifest:
    deadline, told = time.monotonic() + RUN_SECONDS, time.monotonic()
    while time.monotonic() < deadline:
        job = cluster.get(ref)
        if job is not None and is_finished(job):
            return job
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            tell_progress()
        time.sleep(POLL_SECONDS)
    raise BatchRunError(f"run {ref.name}", f"it has not ended after {RUN_SECONDS:.0f} s", "telecom status")
