"""One night of many events: rows per second of silver and of gold, memory at its peak, and DuckDB beside it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engines import LakeEngine, running, start_services
from warehouse import RUN_DATE, Warehouse, open_warehouse

from benchmarks.nightly.bulk_events import add_copies
from benchmarks.nightly.duckdb_silver import TOPICS, silver_by_duckdb
from benchmarks.nightly.trino_statistics import TrinoStatistics
from local.artefacts.versions import REPOSITORY
from local.cluster.local_cluster import LocalCluster
from local.state.paths import StateDirectory

# About what a minute of the demo's traffic at 60,000 events/s is.
SHARES: Mapping[str, float] = {"data_session_events": 0.6, "sms_events": 0.25, "call_events": 0.15}
EVENTS_PER_DAY = 20_000
MEBIBYTE = 2**20


@dataclass(frozen=True)
class BigNight:
    """A published night of `events` new rows."""

    events: int
    seconds: float
    silver_seconds: float
    gold_seconds: float
    job_peak_mebibytes: float
    statement_peak_mebibytes: float
    largest_statement: str
    duckdb_seconds: float

    @property
    def silver_rows_per_second(self) -> float:
        """Rows of bronze that silver took, by the time in which models of silver ran."""
        return self.events / self.silver_seconds

    @property
    def gold_rows_per_second(self) -> float:
        """The same for gold."""
        return self.events / self.gold_seconds


def big_night(events: int) -> BigNight:
    """Run one on engines of its own."""
    with tempfile.TemporaryDirectory(prefix="telecom-volume-") as folder:
        Path(folder).chmod(0o755)
        with running(LocalCluster(StateDirectory.open(Path(folder) / "state"))) as cluster:
            start_services(cluster, "minio", "postgres", "trino")
            warehouse = open_warehouse(LakeEngine(cluster), "volume", Path(folder) / "dbt", EVENTS_PER_DAY)
            assert warehouse.nightly().is_published
            for topic, share in SHARES.items():
                add_copies(warehouse.lake.table(topic), RUN_DATE, round(events * share))
            return _measured(warehouse, events, Path(folder))


def _measured(warehouse: Warehouse, events: int, folder: Path) -> BigNight:
    statistics = TrinoStatistics(warehouse.settings.trino, warehouse.environ)
    before = {statement.query_id for statement in statistics.statements()}
    seconds, job_peak = _run_as_process(warehouse, folder)
    statements = [statement for statement in statistics.statements() if statement.query_id not in before]
    largest = max(statements, key=lambda statement: statement.peak_memory_bytes)
    peers = [silver_by_duckdb(topic, warehouse.lake.table(topic), folder / "duckdb") for topic in TOPICS]
    assert sum(peer.rows for peer in peers) == sum(_rows_of_silver(warehouse, topic) for topic in TOPICS)
    return BigNight(
        events=events,
        seconds=seconds,
        silver_seconds=_seconds_of(warehouse, "silver"),
        gold_seconds=_seconds_of(warehouse, "gold"),
        job_peak_mebibytes=job_peak,
        statement_peak_mebibytes=largest.peak_memory_bytes / MEBIBYTE,
        largest_statement=" ".join(largest.text.split())[:120],
        duckdb_seconds=sum(peer.seconds for peer in peers),
    )


def _run_as_process(warehouse: Warehouse, folder: Path) -> tuple[float, float]:
    """Seconds, and the peak of the job's memory in MiB. Fails if the night was not published."""
    settings = folder / "nightly.json"
    settings.write_text(warehouse.settings.model_dump_json())
    command = [sys.executable, "-m", "benchmarks.nightly.one_night", str(settings), warehouse.now.isoformat()]
    started = time.monotonic()
    environment = os.environ | warehouse.environ
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return time.monotonic() - started, float(done.stdout.split()[-1])


def _seconds_of(warehouse: Warehouse, layer: str) -> float:
    """From the first model of a layer that began until the last one that ended, by dbt's clock."""
    nodes = json.loads(warehouse.dbt.manifest_file.read_text())["nodes"]
    of_layer = {node["name"] for node in nodes.values() if node["resource_type"] == "model" and node["schema"] == layer}
    spans = [_span(result) for name, result in warehouse.dbt_results().items() if name in of_layer]
    return (max(end for _, end in spans) - min(begin for begin, _ in spans)).total_seconds()


def _span(result: Mapping[str, Any]) -> tuple[datetime, datetime]:
    (timing,) = [timing for timing in result["timing"] if timing["name"] == "execute"]
    return datetime.fromisoformat(timing["started_at"]), datetime.fromisoformat(timing["completed_at"])


def _rows_of_silver(warehouse: Warehouse, topic: str) -> int:
    name = {"call_events": "silver_calls", "sms_events": "silver_sms", "data_session_events": "silver_data_sessions"}
    return int(warehouse.value(f"select count(*) from silver.{name[topic]}"))


def figures(nights: list[BigNight]) -> dict[str, Any]:
    """What result.json says of them: rates and the ratio of the largest night, memory of each."""
    largest = max(nights, key=lambda night: night.events)
    return {
        "silver_rows_per_second": round(largest.silver_rows_per_second),
        "gold_rows_per_second": round(largest.gold_rows_per_second),
        "peak_memory_mebibytes": {
            str(night.events): round(max(night.job_peak_mebibytes, night.statement_peak_mebibytes)) for night in nights
        },
        "ratio_to_duckdb": round(largest.silver_seconds / largest.duckdb_seconds, 2),
        "big_nights": [asdict(night) for night in nights],
    }
