"""The job under measurement: JobManager and TaskManager as processes, asked over REST."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.fraud_detection.waiting import until
from contracts.settings import FraudDetectionSettings, KafkaConnection
from local.adapters.flink.processes import FlinkFolder
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import base_environment
from local.supervisor.ports import is_free
from operators.telecom_pipeline.render.flink_configuration import BARRIERS, STATE_BACKENDS

JOB_ID = "b" * 32
PARALLELISM = 2
# As the operator configures both: profile dev, which keeps state on the heap, and profile production.
HEAP_STATE = {**STATE_BACKENDS["dev"]}
ROCKSDB_STATE = {**STATE_BACKENDS["production"], "taskmanager.memory.managed.size": "1g"}
_ENTRY_CLASS = "dev.telecom.fraud.job.FraudDetectionJob"


@dataclass(frozen=True)
class FlinkJob:
    """A running job."""

    rest_port: int
    task_manager: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time of the TaskManager since its start."""
        times = self.task_manager.cpu_times()
        return float(times.user + times.system)

    def ask(self, path: str) -> Any:
        """Answer of the REST API."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.rest_port}{path}", timeout=10) as answer:
            return json.load(answer)

    def is_running(self) -> bool:
        """Whether every task runs."""
        try:
            vertices = self.ask(f"/jobs/{JOB_ID}")["vertices"]
        except OSError:
            return False
        return {vertex["status"] for vertex in vertices} == {"RUNNING"}

    def events_read(self) -> int:
        """Records that the source of events has read."""
        vertices = self.ask(f"/jobs/{JOB_ID}")["vertices"]
        source = next(vertex for vertex in vertices if vertex["name"].startswith("Source: events"))
        path = f"/jobs/{JOB_ID}/vertices/{source['id']}/subtasks/metrics"
        name = "Source__events.numRecordsIn"
        return int(sum(metric["sum"] for metric in self.ask(f"{path}?get={name}")))

    def newest_checkpoint(self) -> dict[str, Any]:
        """`id`, `state_size` in bytes and `end_to_end_duration` in milliseconds of the newest complete one."""
        return dict(self.ask(f"/jobs/{JOB_ID}/checkpoints")["latest"]["completed"] or {"id": 0})

    def checkpoint_seconds(self) -> float:
        """Median duration of the checkpoints so far, from the trigger to the last acknowledgement."""
        summary = self.ask(f"/jobs/{JOB_ID}/checkpoints")["summary"]
        return float(summary["end_to_end_duration"]["p50"]) / 1000


def settings(address: str, prefix: str, call_topic: str) -> FraudDetectionSettings:
    """Settings of a run with topics of its own, but for the one that it reads."""
    return FraudDetectionSettings(
        kafka=KafkaConnection(bootstrap_servers=address),
        consumer_group=prefix,
        transactional_id_prefix=prefix,
        call_topic=call_topic,
        sms_topic=f"{prefix}_sms_events",
        alert_topic=f"{prefix}_fraud_alerts",
        rule_topic=f"{prefix}_fraud_rules",
        rule_report_topic=f"{prefix}_fraud_rule_reports",
    )


@contextmanager
def running_job(folder: Path, asked: FraudDetectionSettings, configuration: Mapping[str, str]) -> Iterator[FlinkJob]:
    """The job until the end of the `with` block."""
    rpc_port, rest_port = (
        next(port for port in range(first, first + 500) if is_free(port)) for first in (22000, 22600)
    )
    flink = FlinkFolder(folder)
    flink.write({**_configuration(folder, rpc_port, rest_port), **configuration}, fraud_detection_jar())
    (folder / "settings.json").write_text(asked.model_dump_json())
    arguments = ("--settings", str(folder / "settings.json"))
    commands = {"jobmanager": flink.job_manager(_ENTRY_CLASS, JOB_ID, arguments), "taskmanager": flink.task_manager()}
    environment = {**base_environment(), **flink.environment()}
    processes = []
    for name, command in commands.items():
        with (folder / f"{name}.log").open("wb") as log:
            processes.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log))
    job = FlinkJob(rest_port, psutil.Process(processes[-1].pid))
    try:
        until(job.is_running, f"the job of {folder} runs")
        yield job
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _configuration(folder: Path, rpc_port: int, rest_port: int) -> dict[str, str]:
    return {
        "jobmanager.rpc.address": LOOPBACK,
        "jobmanager.rpc.port": str(rpc_port),
        "taskmanager.host": LOOPBACK,
        "rest.address": LOOPBACK,
        "rest.port": str(rest_port),
        "metrics.fetcher.update-interval": "500",
        "jobmanager.memory.process.size": "1000m",
        "taskmanager.memory.process.size": "4g",
        "taskmanager.numberOfTaskSlots": str(PARALLELISM),
        "parallelism.default": str(PARALLELISM),
        "execution.checkpointing.timeout": "120 s",
        **BARRIERS,
        "execution.checkpointing.dir": f"file://{folder}/checkpoints",
    }
