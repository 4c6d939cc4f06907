"""How long an alert takes, from the call that completes a burst until a reader of committed records has it."""

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from confluent_kafka import Producer

from benchmarks.fraud_detection.alert_reader import AlertReader
from benchmarks.fraud_detection.backlog_runs import prepare_topics
from benchmarks.fraud_detection.flink_job import running_job, settings
from benchmarks.fraud_detection.stream import FIRST_BURST, backlog, send_all, send_paced
from benchmarks.fraud_detection.waiting import until
from benchmarks.kafka_broker import create_topics
from operators.telecom_pipeline.spec.fraud_detection import FraudDetection

EVENTS_PER_SECOND = 10_000
MEASURED_SECONDS = 60.0
WARM_UP_SECONDS = 5.0
# As rendered for who asks for nothing else.
CHECKPOINT_INTERVAL_SECONDS = FraudDetection().checkpoint_interval_seconds
PARTITIONS = 4


def measure_delay(address: str, folder: Path, subscribers: int, state: Mapping[str, str]) -> dict[str, Any]:
    """Delay at a steady pace; every subscriber has state before it begins."""
    topic = f"{folder.name}_call_events"
    asked = settings(address, folder.name, topic)
    create_topics(address, [topic], PARTITIONS)
    prepare_topics(address, asked)
    producer = Producer({"bootstrap.servers": address, "linger.ms": 5, "acks": "all"})
    send_all(producer, topic, backlog(subscribers, subscribers, time.time_ns() // 1_000_000))
    alerts = AlertReader(address, asked.alert_topic)
    interval = {"execution.checkpointing.interval": f"{round(CHECKPOINT_INTERVAL_SECONDS * 1000)} ms"}
    with running_job(folder, asked, {**state, **interval}) as job:
        until(lambda: job.events_read() >= subscribers, "every subscriber has state")
        warm = send_paced(producer, topic, EVENTS_PER_SECOND, WARM_UP_SECONDS, FIRST_BURST)
        until(lambda: alerts.poll() >= warm, "the warm-up's alerts are seen")
        delays_ms = _paced_delays(producer, topic, alerts)
        checkpoint_seconds, state_bytes = job.checkpoint_seconds(), job.newest_checkpoint()["state_size"]
    cuts = statistics.quantiles(delays_ms, n=100)
    return {
        "alert_p50_seconds": round(cuts[49] / 1000, 3),
        "alert_p99_seconds": round(cuts[98] / 1000, 3),
        "paced": {
            "events_per_second": EVENTS_PER_SECOND,
            "seconds": MEASURED_SECONDS,
            "alerts": len(delays_ms),
            "state_backend": "rocksdb as rendered for production: incremental, universal compaction, bloom filters",
            "checkpoint_interval_seconds": CHECKPOINT_INTERVAL_SECONDS,
            "checkpoint_seconds": round(checkpoint_seconds, 3),
            "state_bytes_per_subscriber": round(state_bytes / subscribers),
        },
    }


def _paced_delays(producer: Producer, topic: str, alerts: AlertReader) -> list[int]:
    alerts.delays_ms.clear()
    sent: list[int] = []
    first_burst = FIRST_BURST + 1000

    def send() -> None:
        sent.append(send_paced(producer, topic, EVENTS_PER_SECOND, MEASURED_SECONDS, first_burst))

    sender = Thread(target=send)
    sender.start()
    while sender.is_alive():
        alerts.poll()
    until(lambda: alerts.poll() >= sent[0], f"{sent[0]} bursts are found", 30)
    return list(alerts.delays_ms)
