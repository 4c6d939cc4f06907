"""One measured run of the sink as a process of its own, its result checked before its speed counts."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from contracts.settings import SinkSettings
from contracts.sink_progress import progress_of

POLL_SECONDS = 0.5  # each look at the table costs CPU that the sink could use
TIMEOUT_SECONDS = 1800.0


@dataclass(frozen=True)
class Run:
    """What one run took. The time counts from the assignment of partitions to the last commit but one.

    The last commit holds what is left below `commit_bytes`, and waits for the commit interval to pass: its rows, and
    that wait, say nothing about speed. CPU time is of the whole run.
    """

    events: int
    seconds: float
    timed_events: int
    cpu_seconds: float
    commits: int
    files: int
    rss_mebibytes: list[float]
    # Runnable processes on the machine at the end: above the number of cores, others took part of the time.
    load_average: float

    @property
    def events_per_second(self) -> float:
        """Rate to committed Iceberg."""
        return self.timed_events / self.seconds

    @property
    def cpu_seconds_per_million(self) -> float:
        """CPU time of the sink process, all threads."""
        return self.cpu_seconds / self.events * 1e6


class WrongResultError(Exception):
    """The sink's table does not hold what was produced."""


def run_sink(settings: SinkSettings, environ: dict[str, str], catalog: Catalog, events: int, folder: Path) -> Run:
    """Start the sink on a full topic and wait until its table holds all of it. Raises `WrongResultError`."""
    topic = settings.topics[0]
    file, log_file = folder / f"{settings.namespace}.json", folder / f"{settings.namespace}.log"
    file.write_text(settings.model_dump_json())
    command = [sys.executable, "-m", "jobs.kafka_to_bronze", "--settings", str(file)]
    with log_file.open("wb") as log:
        process = psutil.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        _wait_for_assignment(log_file, process)
        started, assigned_at = time.monotonic(), time.time()
        cpu_started, rss = _cpu_seconds(process), []
        while (table := _table(catalog, settings.namespace, topic)) is None or _end(table) < events:
            if process.poll() is not None or time.monotonic() - started > TIMEOUT_SECONDS:
                raise WrongResultError(f"the sink ended or hung, see {log_file}")
            rss.append(process.memory_info().rss / 2**20)
            time.sleep(POLL_SECONDS)
        cpu_seconds = _cpu_seconds(process) - cpu_started
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
    _check(table, events)
    files = int(table.current_snapshot().summary["total-data-files"])  # type: ignore[union-attr,index,arg-type]
    timed_events, ended_at = _last_commit_but_one(table)
    commits, load = len(table.snapshots()), os.getloadavg()[0]
    return Run(events, ended_at - assigned_at, timed_events, cpu_seconds, commits, files, rss, load)


def _wait_for_assignment(log_file: Path, process: psutil.Popen) -> None:
    while b'"assigned"' not in log_file.read_bytes():
        if process.poll() is not None:
            raise WrongResultError(f"the sink ended before it had partitions, see {log_file}")
        time.sleep(0.02)


def _cpu_seconds(process: psutil.Popen) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _table(catalog: Catalog, namespace: str, topic: str) -> Table | None:
    try:
        return catalog.load_table((namespace, topic))
    except NoSuchTableError:
        return None


def _end(table: Table) -> int:
    return sum(done.end for done in progress_of(table.properties).values())


def _last_commit_but_one(table: Table) -> tuple[int, float]:
    """Rows in the table after it, and its time in seconds since the epoch."""
    snapshot = sorted(table.snapshots(), key=lambda one: one.timestamp_ms)[-2]
    return int(snapshot.summary["total-records"]), snapshot.timestamp_ms / 1000  # type: ignore[index,arg-type]


def _check(table: Table, events: int) -> None:
    rows = table.scan(selected_fields=("_kafka_partition", "_kafka_offset")).to_arrow()
    partitions = rows.column("_kafka_partition").to_numpy().astype(np.int64)
    positions = (partitions << 48) | rows.column("_kafka_offset").to_numpy()
    if len(positions) != events or len(np.unique(positions)) != events:
        raise WrongResultError(f"{events} produced, {len(positions)} rows, {len(np.unique(positions))} distinct")
