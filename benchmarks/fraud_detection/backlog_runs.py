"""How fast a backlog is read: the topic is written once, each run reads all of it."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Producer

from benchmarks.fraud_detection.alert_reader import AlertReader
from benchmarks.fraud_detection.flink_job import FlinkJob, running_job, settings
from benchmarks.fraud_detection.stream import BURST_CALLS, FIRST_BURST, backlog, record, send_all
from benchmarks.fraud_detection.waiting import until
from benchmarks.kafka_broker import create_topics
from contracts.events import FraudRule
from contracts.fraud_rules import built_in_documents
from contracts.settings import FraudDetectionSettings

CHECKPOINT_SECONDS = 10


@dataclass(frozen=True)
class BacklogRun:
    """One reading. Rates are those of the middle eight tenths of the events; the state is that at the end."""

    events: int
    events_per_second: float
    events_per_cpu_second: float
    state_bytes: int
    checkpoint_seconds: float


def send_backlog(address: str, topic: str, events: int, subscribers: int) -> int:
    """Write the backlog and a burst of calls behind it; how many events these are."""
    producer = Producer(
        {"bootstrap.servers": address, "linger.ms": 20, "batch.size": 500_000, "compression.type": "lz4"}
    )
    now_ms = time.time_ns() // 1_000_000
    sent = send_all(producer, topic, backlog(events, subscribers, now_ms))
    burst = (record(f"last-{number:02d}", now_ms + number, FIRST_BURST) for number in range(BURST_CALLS))
    return sent + send_all(producer, topic, burst)


def measure_backlog(
    address: str, folder: Path, topic: str, total: int, rules: Collection[FraudRule], state: Mapping[str, str]
) -> BacklogRun:
    """Read `total` events with these rules on."""
    asked = settings(address, folder.name, topic)
    prepare_topics(address, asked)
    switch_off_others(address, asked, rules)
    alerts = AlertReader(address, asked.alert_topic)
    interval = {"execution.checkpointing.interval": f"{CHECKPOINT_SECONDS} s"}
    with running_job(folder, asked, {**state, **interval}) as job:
        rate, rate_of_processor = _middle_rates(job, total)
        before = job.newest_checkpoint()["id"]
        until(lambda: alerts.poll() > 0, "the burst behind the backlog is found")
        # One that began after the last event was read.
        until(lambda: job.newest_checkpoint()["id"] > before + 1, "a checkpoint of the whole state")
        checkpoint = job.newest_checkpoint()
    seconds = checkpoint["end_to_end_duration"] / 1000
    return BacklogRun(total, rate, rate_of_processor, checkpoint["state_size"], seconds)


def prepare_topics(address: str, asked: FraudDetectionSettings) -> None:
    """Create what a run does not share with others."""
    create_topics(address, [asked.sms_topic, asked.alert_topic, asked.rule_topic, asked.rule_report_topic], 1)


def switch_off_others(address: str, asked: FraudDetectionSettings, rules: Collection[FraudRule]) -> None:
    """Publish every rule that is not wanted as off."""
    off = (
        document.model_copy(update={"version": 2, "enabled": False}).to_record()
        for document in built_in_documents()
        if document.rule not in rules
    )
    send_all(Producer({"bootstrap.servers": address}), asked.rule_topic, off)


def _middle_rates(job: FlinkJob, total: int) -> tuple[float, float]:
    """Events per second of wall clock, and per second of the TaskManager's processor time."""
    marks: list[tuple[float, float, int]] = []

    def has_read_all() -> bool:
        marks.append((time.monotonic(), job.cpu_seconds(), job.events_read()))
        return marks[-1][2] >= total

    until(has_read_all, f"{total} events are read")
    middle = [mark for mark in marks if 0.1 * total <= mark[2] <= 0.9 * total]
    seconds, cpu_seconds, events = (last - first for first, last in zip(middle[0], middle[-1], strict=True))
    return events / seconds, events / cpu_seconds
