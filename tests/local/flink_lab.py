"""One run of the fraud detection job on Flink against the shared Kafka: start, kill, restart, read its alerts."""

import json
import math
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

from contracts.events import CallEvent, FraudAlert, SmsEvent
from contracts.settings import FraudDetectionSettings, KafkaConnection
from contracts.topics import FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC
from local.adapters.flink.processes import FlinkFolder
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import base_environment
from local.supervisor.ports import is_free
from operators.telecom_pipeline.render.flink_configuration import BARRIERS, STATE_BACKENDS

ENTRY_CLASS = "dev.telecom.fraud.job.FraudDetectionJob"
JOB_ID = "f" * 32
CHECKPOINT_INTERVAL_MS = 500
WAIT_SECONDS = 90.0


def wait_until(condition: Any, what: str, seconds: float = WAIT_SECONDS) -> None:
    """Poll until `condition` holds, or fail naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def _free_port(first: int) -> int:
    return next(port for port in range(first, first + 500) if is_free(port))


@dataclass
class FlinkLab:
    """Topics, settings and processes of one test; `prefix` keeps them apart from others'."""

    folder: Path
    prefix: str
    kafka: KafkaConnection
    environ: dict[str, str]
    client: dict[str, Any]
    parallelism: int = 2
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def topic(self, name: str) -> str:
        """This test's topic of that role."""
        return f"{self.prefix}_{name}"

    def settings(self) -> FraudDetectionSettings:
        """Settings of the job, topics of this test's own."""
        return FraudDetectionSettings(
            kafka=self.kafka,
            consumer_group=self.prefix,
            transactional_id_prefix=self.prefix,
            call_topic=self.topic("call_events"),
            sms_topic=self.topic("sms_events"),
            alert_topic=self.topic("fraud_alerts"),
            rule_topic=self.topic(FRAUD_RULE_TOPIC),
            rule_report_topic=self.topic(FRAUD_RULE_REPORT_TOPIC),
            idle_partition_seconds=1,
        )

    def prepare(self) -> None:
        """Write what the processes read."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.rpc_port, self.rest_port = _free_port(21000), _free_port(21600)
        (self.folder / "settings.json").write_text(self.settings().model_dump_json())
        FlinkFolder(self.folder).write(self._configuration(), fraud_detection_jar())

    def _configuration(self) -> dict[str, str]:
        return {
            "jobmanager.rpc.address": LOOPBACK,
            "jobmanager.rpc.port": str(self.rpc_port),
            "jobmanager.bind-host": LOOPBACK,
            "taskmanager.host": LOOPBACK,
            "taskmanager.bind-host": LOOPBACK,
            "rest.address": LOOPBACK,
            "rest.bind-address": LOOPBACK,
            "rest.port": str(self.rest_port),
            "jobmanager.memory.process.size": "1000m",
            "taskmanager.memory.process.size": "1400m",
            "taskmanager.numberOfTaskSlots": str(self.parallelism),
            "parallelism.default": str(self.parallelism),
            "execution.checkpointing.interval": f"{CHECKPOINT_INTERVAL_MS} ms",
            "execution.checkpointing.timeout": "60 s",
            **BARRIERS,
            **STATE_BACKENDS["production"],
            "execution.checkpointing.dir": f"file://{self.folder}/checkpoints",
            "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
            "execution.checkpointing.savepoint-dir": f"file://{self.folder}/savepoints",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": "1000",
            "restart-strategy.fixed-delay.delay": "500 ms",
            "heartbeat.interval": "1000",
            "heartbeat.timeout": "5000",
            "akka.ask.timeout": "10 s",
        }

    def start_job_manager(self, restore_from: str = "") -> None:
        """Start the JobManager, with the job's state from a checkpoint or savepoint if one is named."""
        arguments = ("--settings", str(self.folder / "settings.json"))
        self._start("jobmanager", FlinkFolder(self.folder).job_manager(ENTRY_CLASS, JOB_ID, arguments, restore_from))

    def start_task_manager(self) -> None:
        """Start a TaskManager."""
        self._start("taskmanager", FlinkFolder(self.folder).task_manager())

    def start(self, restore_from: str = "") -> None:
        """Start both and wait until the job runs."""
        self.start_job_manager(restore_from)
        self.start_task_manager()
        wait_until(self.is_running, "the job runs")

    def _start(self, name: str, argv: list[str]) -> None:
        environment = {**base_environment(), **FlinkFolder(self.folder).environment(), **self.environ}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                argv, cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """`kill -9`."""
        process = self.processes.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End every process of this lab."""
        for name in list(self.processes):
            self.kill(name)

    def rest(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Answer of the JobManager's REST API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.rest_port}{path}", data=data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def is_running(self) -> bool:
        """Whether every task of the job runs."""
        assert self.processes["jobmanager"].poll() is None, f"JobManager ended, see {self.folder}/jobmanager.log"
        try:
            vertices = self.rest(f"/jobs/{JOB_ID}")["vertices"]
        except OSError:
            return False
        return {vertex["status"] for vertex in vertices} == {"RUNNING"}

    def completed_checkpoints(self) -> int:
        """Checkpoints completed since the JobManager started."""
        return int(self.rest(f"/jobs/{JOB_ID}/checkpoints")["counts"]["completed"])

    def vertex(self, name: str) -> str:
        """Path of the vertex that has the operator of that name."""
        vertices = self.rest(f"/jobs/{JOB_ID}")["vertices"]
        (found,) = (vertex["id"] for vertex in vertices if name in re.split(r"[^\w-]+", vertex["name"]))
        return f"/jobs/{JOB_ID}/vertices/{found}"

    def metrics(self, vertex: str, name: str, aggregate: Literal["min", "sum"] = "sum") -> dict[str, float]:
        """Over all subtasks, each metric whose full name ends so; empty until one is reported."""
        path = f"{self.vertex(vertex)}/subtasks/metrics"
        names = [metric["id"] for metric in self.rest(path) if metric["id"].endswith(name)]
        values = self.rest(f"{path}?get={','.join(names)}&agg={aggregate}") if names else []
        return {value["id"]: float(value[aggregate]) for value in values}

    def event_time_ms(self) -> float:
        """Watermark of the slowest subtask that judges events, without that of the rules' changes, which have none."""
        return min(self.metrics("rules", "rules.currentInput1Watermark", "min").values(), default=-math.inf)

    def restarts(self) -> int:
        """How often the job was restarted since the JobManager started."""
        (metric,) = self.rest(f"/jobs/{JOB_ID}/metrics?get=numRestarts")
        return int(metric["value"])

    def newest_checkpoint(self) -> str:
        """Path of the newest complete checkpoint on disk."""
        complete = (self.folder / "checkpoints" / JOB_ID).glob("chk-*/_metadata")
        newest = max(complete, key=lambda path: int(path.parent.name.removeprefix("chk-")))
        return f"file://{newest.parent}"

    def stop_with_savepoint(self) -> str:
        """Stop the job as an upgrade does; the savepoint's path."""
        trigger = self.rest(f"/jobs/{JOB_ID}/stop", {"drain": False})["request-id"]
        found: dict[str, Any] = {}

        def is_done() -> bool:
            found.update(self.rest(f"/jobs/{JOB_ID}/savepoints/{trigger}"))
            return found["status"]["id"] == "COMPLETED"

        wait_until(is_done, "the savepoint is written")
        self.stop()
        return str(found["operation"]["location"])

    def send(self, events: Iterable[CallEvent | SmsEvent]) -> None:
        """Send events in this order, one partition per subscriber, and wait until the broker has them."""
        records = (
            (self.topic(event.topic), event.msisdn.encode(), event.model_dump_json().encode()) for event in events
        )
        self.send_records(records)

    def send_records(self, records: Iterable[tuple[str, bytes | None, bytes | None]]) -> None:
        """Send (topic, key, value) and wait until the broker has them."""
        producer = Producer({**self.client, "acks": "all", "enable.idempotence": True, "linger.ms": 5})
        for topic, key, value in records:
            producer.produce(topic, value, key=key)
            producer.poll(0)
        assert producer.flush(WAIT_SECONDS) == 0

    def read(self, topic: str, isolation: str = "read_committed") -> list[bytes]:
        """Every value on the topic that a reader of that isolation sees now."""
        config = {"group.id": f"{self.prefix}-reader", "enable.auto.commit": False, "enable.partition.eof": True}
        consumer = Consumer({**self.client, **config, "isolation.level": isolation, "auto.offset.reset": "earliest"})
        try:
            partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
            consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
            values, ended = [], 0
            while ended < len(partitions):
                message = consumer.poll(20)
                assert message is not None, f"no answer from {topic}"
                if message.error() is None:
                    values.append(message.value())
                elif message.error().code() == KafkaError._PARTITION_EOF:  # a broker that came back says more than that
                    ended += 1
            return values
        finally:
            consumer.close()

    def alerts(self) -> list[FraudAlert]:
        """Committed alerts."""
        return [FraudAlert.model_validate_json(value) for value in self.read(self.topic("fraud_alerts"))]
