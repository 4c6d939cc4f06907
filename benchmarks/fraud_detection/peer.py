"""Starts the PyFlink peer (`pyflink_job.py`) on a topic and measures how fast it reads."""

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.fraud_detection.waiting import until
from local.artefacts.fraud_detection_job import fraud_detection_jar
from local.artefacts.java import flink_java
from local.artefacts.python_environment import python_environment
from local.supervisor.loopback import LOOPBACK
from local.supervisor.ports import is_free

WHAT = "PyFlink 1.20.5 DataStream, thread mode: impossible travel and call velocity, parallelism 2, hashmap state"


def peer_rate(address: str, folder: Path, topic: str, alert_topic: str, events: int, parallelism: int) -> float:
    """Events per second of wall clock while the middle eight tenths of `events` are read."""
    folder.mkdir()
    port = next(port for port in range(23200, 23700) if is_free(port))
    settings = folder / "peer.json"
    configuration = _configuration(folder, port, parallelism)
    settings.write_text(
        json.dumps(
            {
                "bootstrap_servers": address,
                "topic": topic,
                "alert_topic": alert_topic,
                "configuration": configuration,
            }
        )
    )
    python = python_environment("pyflink", "PyFlink") / "bin" / "python"
    command = [str(python), str(Path(__file__).with_name("pyflink_job.py")), str(settings)]
    environment = {**os.environ, "JAVA_HOME": str(flink_java().parents[1]), "PATH": f"{python.parent}:{os.defpath}"}
    with (folder / "peer.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        return _middle_rate(port, process, folder / "peer.log", events)
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _middle_rate(port: int, process: "subprocess.Popen[bytes]", log: Path, events: int) -> float:
    marks: list[tuple[float, int]] = []

    def has_read_all() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"PyFlink ended: {log.read_text()[-2000:]}")
        marks.append((time.monotonic(), _events_read(port)))
        return marks[-1][1] >= events

    until(has_read_all, f"PyFlink reads {events} events")
    middle = [mark for mark in marks if 0.1 * events <= mark[1] <= 0.9 * events]
    return (middle[-1][1] - middle[0][1]) / (middle[-1][0] - middle[0][0])


def _events_read(port: int) -> int:
    try:
        (job,) = _ask(port, "/jobs")["jobs"]
        vertices = _ask(port, f"/jobs/{job['id']}")["vertices"]
        source = next(vertex for vertex in vertices if vertex["name"].startswith("Source: events"))
        path = f"/jobs/{job['id']}/vertices/{source['id']}/subtasks/metrics"
        return int(sum(metric["sum"] for metric in _ask(port, f"{path}?get=Source__events.numRecordsIn")))
    except (OSError, ValueError, StopIteration):
        return 0  # it is starting


def _ask(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def _configuration(folder: Path, port: int, parallelism: int) -> dict[str, str]:
    return {
        "python.execution-mode": "thread",
        "parallelism.default": str(parallelism),
        "taskmanager.numberOfTaskSlots": str(parallelism),
        "pipeline.jars": f"file://{fraud_detection_jar()}",
        "pipeline.object-reuse": "true",
        "rest.address": LOOPBACK,
        "rest.port": str(port),
        "rest.bind-port": str(port),
        "metrics.fetcher.update-interval": "500",
        "execution.checkpointing.interval": "10 s",
        "execution.checkpointing.unaligned.enabled": "true",
        "execution.checkpointing.dir": f"file://{folder}/checkpoints",
    }
