"""Measures fraud detection with its broker on the same machine: speed, delay of alerts, size of state.

`python -m benchmarks.fraud_detection.run [EVENTS]` writes result.json. The backlog run counts only if every event was
read and the planted burst behind the backlog was found; the paced run only if every planted burst was.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread
from typing import Any

from confluent_kafka import Consumer, Producer

from benchmarks.fraud_detection.flink_job import PARALLELISM, FlinkJob, running_job, settings
from benchmarks.fraud_detection.stream import BURST_CALLS, backlog, record, send_all, send_paced
from benchmarks.fraud_detection.waiting import until
from benchmarks.kafka_broker import create_topics, running_broker
from contracts.events import FraudAlert
from contracts.settings import FraudDetectionSettings

SUBSCRIBERS = 1_000_000
EVENTS = 3_000_000
PACED_PER_SECOND = 10_000
PACED_SECONDS = 30.0
PARTITIONS = 4
RESULT_FILE = Path(__file__).parent / "result.json"
_FIRST_BURST = 2_000_000


def prepare_topics(address: str, asked: FraudDetectionSettings) -> None:
    create_topics(address, [asked.call_topic, asked.sms_topic], PARTITIONS)
    create_topics(address, [asked.alert_topic, asked.rule_topic, asked.rule_report_topic], 1)


class AlertReader:
    """Reads committed alerts and notes when each was seen."""

    def __init__(self, address: str, topic: str) -> None:
        config = {"bootstrap.servers": address, "group.id": f"{topic}-reader", "auto.offset.reset": "earliest"}
        self._consumer = Consumer({**config, "isolation.level": "read_committed", "fetch.wait.max.ms": 10})
        self._consumer.subscribe([topic])
        self.seen_ms: dict[str, int] = {}
        self.delays_ms: list[int] = []

    def poll(self) -> int:
        """Take what is there; how many alerts were seen so far."""
        while (message := self._consumer.poll(0.05)) is not None:
            now_ms = time.time_ns() // 1_000_000
            alert = FraudAlert.model_validate_json(message.value() or b"")
            self.seen_ms[alert.msisdn] = now_ms
            self.delays_ms.append(now_ms - alert.event_time_ms)
        return len(self.delays_ms)


def measure_backlog(address: str, folder: Path, events: int) -> dict[str, Any]:
    """Events per second while a backlog is read, the middle eight tenths of it."""
    asked = settings(address, "backlog")
    prepare_topics(address, asked)
    producer = Producer(
        {"bootstrap.servers": address, "linger.ms": 20, "batch.size": 500_000, "compression.type": "lz4"}
    )
    now_ms = time.time_ns() // 1_000_000
    send_all(producer, asked.call_topic, backlog(events, SUBSCRIBERS, now_ms))
    burst = (record(f"last-{number:02d}", now_ms + number, _FIRST_BURST) for number in range(BURST_CALLS))
    total = events + send_all(producer, asked.call_topic, burst)
    alerts = AlertReader(address, asked.alert_topic)
    with running_job(folder, asked, {"execution.checkpointing.interval": "10 s"}) as job:
        rate, rate_of_processor = middle_rates(job, total)
        before = job.newest_checkpoint()["id"]
        until(lambda: alerts.poll() > 0, "the burst behind the backlog is found")
        # One that began after the last event was read.
        until(lambda: job.newest_checkpoint()["id"] > before + 1, "a checkpoint of the whole state")
        checkpoint = job.newest_checkpoint()
    return {
        "events_per_second": round(rate),
        "events_per_cpu_second": round(rate_of_processor),
        "events": total,
        "state_bytes_per_subscriber": round(checkpoint["state_size"] / SUBSCRIBERS),
        "checkpoint_seconds": round(checkpoint["end_to_end_duration"] / 1000, 2),
    }


def middle_rates(job: FlinkJob, total: int) -> tuple[float, float]:
    """Events per second of wall clock, and per second of the TaskManager's processor time."""
    marks: list[tuple[float, float, int]] = []

    def has_read_all() -> bool:
        marks.append((time.monotonic(), job.cpu_seconds(), job.events_read()))
        return marks[-1][2] >= total

    until(has_read_all, f"{total} events are read")
    middle = [mark for mark in marks if 0.1 * total <= mark[2] <= 0.9 * total]
    seconds, cpu_seconds, events = (last - first for first, last in zip(middle[0], middle[-1], strict=True))
    return events / seconds, events / cpu_seconds


def measure_delay(address: str, folder: Path) -> dict[str, Any]:
    """Seconds from the call that completes a burst to its alert under a committed read."""
    asked = settings(address, "paced")
    prepare_topics(address, asked)
    producer = Producer({"bootstrap.servers": address, "linger.ms": 5, "acks": "all"})
    alerts = AlertReader(address, asked.alert_topic)
    with running_job(folder, asked, {"execution.checkpointing.interval": "300 ms"}):
        send_paced(producer, asked.call_topic, PACED_PER_SECOND, 5, _FIRST_BURST)
        until(lambda: alerts.poll() > 0, "the warm-up's alerts are seen")
        return paced(producer, asked, alerts)


def paced(producer: Producer, asked: FraudDetectionSettings, alerts: AlertReader) -> dict[str, Any]:
    first = _FIRST_BURST + 1000
    sent: list[int] = []
    sender = Thread(
        target=lambda: sent.append(send_paced(producer, asked.call_topic, PACED_PER_SECOND, PACED_SECONDS, first))
    )
    alerts.delays_ms.clear()
    sender.start()
    while sender.is_alive():
        alerts.poll()
    until(lambda: alerts.poll() >= sent[0], f"{sent[0]} bursts are found", 30)
    cuts = statistics.quantiles(alerts.delays_ms, n=100)
    return {
        "alert_p50_seconds": round(cuts[49] / 1000, 3),
        "alert_p99_seconds": round(cuts[98] / 1000, 3),
        "paced_events_per_second": PACED_PER_SECOND,
        "paced_alerts": len(alerts.delays_ms),
    }


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    folder = Path(tempfile.mkdtemp(prefix="telecom-fraud-benchmark-"))
    load_before = os.getloadavg()[0]
    try:
        with running_broker() as address:
            result = measure_backlog(address, folder / "backlog", events)
            print(json.dumps(result), flush=True)
            result |= measure_delay(address, folder / "paced")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result |= {
        "rules": "all six, built-in parameters",
        "subscribers": SUBSCRIBERS,
        "parallelism": PARALLELISM,
        "machine": {"cpus": os.cpu_count(), "load_average": [round(load_before, 1), round(os.getloadavg()[0], 1)]},
    }
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
