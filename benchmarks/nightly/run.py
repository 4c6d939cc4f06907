"""Measures the nightly run at 1x, 3x and 10x history, each night with a new day of the same size; then large nights.

`python -m benchmarks.nightly.run [EVENTS_PER_DAY]` writes result.json. A run counts only if every gate that blocks
passed, its numbers were published, and silver has as many calls as the ledger says.
"""

import datetime as dt
import json
import os
import statistics
import tempfile
import time
import tomllib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engines import LakeEngine, running, start_services
from lake_events import TOWER_COUNT
from warehouse import RUN_DATE, Warehouse, open_warehouse

from benchmarks.arguments import asked_count
from benchmarks.machine import machine
from benchmarks.nightly.volume import big_night, figures
from jobs.nightly.run_plan import DayRange
from local.artefacts.python_environment import ENVIRONMENTS
from local.artefacts.versions import versions
from local.cluster.local_cluster import LocalCluster
from local.state.paths import StateDirectory
from telecom.audit.ledger_balance import balance_ledger

EVENTS_PER_DAY = 10_000
# Days of history: 1x, 3x and 10x.
HISTORIES = (3, 9, 30)
RUNS_PER_HISTORY = 3
# Events of the big nights, each on engines of its own.
VOLUMES = (1_000_000, 10_000_000)
RESULT_FILE = Path(__file__).parent / "result.json"
ONE_DAY = dt.timedelta(days=1)


def add_history(warehouse: Warehouse, oldest: dt.date, until: dt.date) -> None:
    """Bring the days [oldest, until) through the whole chain as a backfill, and a night that has seen them too."""
    days = [oldest + ONE_DAY * number for number in range((until - oldest).days)]
    for day in days:
        warehouse.add_day(day)
    for backfill in (DayRange(oldest, until), None):
        report = warehouse.nightly(backfill)
        assert report.is_published, [result for result in report.results if result.blocks]


@dataclass(frozen=True)
class Night:
    """One measured run. `load_average` well above the number of cores means that others took part of the time."""

    seconds: float
    read_bytes: int
    load_average: float


def live_a_day(warehouse: Warehouse) -> None:
    """The next day comes: customers change, are copied into bronze, and events arrive."""
    warehouse.live(until=warehouse.now.date())
    warehouse.now += ONE_DAY
    warehouse.ingest()
    warehouse.add_day(warehouse.now.date())


def measure(warehouse: Warehouse) -> list[Night]:
    """Nights of as many new days, one after the other."""
    nights = []
    for _ in range(RUNS_PER_HISTORY):
        live_a_day(warehouse)
        began, started = warehouse.value("select current_timestamp"), time.monotonic()
        report = warehouse.nightly()
        seconds = time.monotonic() - started
        assert report.is_published, [result for result in report.results if result.blocks]
        nights.append(Night(seconds, bytes_read_since(warehouse, began), os.getloadavg()[0]))
    assert balance_ledger(warehouse.sql, warehouse.lake.ledger).is_balanced
    return nights


def bytes_read_since(warehouse: Warehouse, began: dt.datetime) -> int:
    """Bytes that Trino read from object storage for all queries since then, by its own statistics."""
    statement = (
        "select cast(sum(physical_input_bytes) as bigint) as n from system.runtime.tasks"
        f" where created >= timestamp '{began:%Y-%m-%d %H:%M:%S.%f} UTC'"
    )
    return int(warehouse.value(statement))


def benchmark(warehouse: Warehouse) -> dict[str, Any]:
    warehouse.nightly()
    nights: dict[int, list[Night]] = {}
    oldest = RUN_DATE - dt.timedelta(days=2)
    for history in HISTORIES:
        wanted = warehouse.now.date() - ONE_DAY * (history - 1)
        if wanted < oldest:
            add_history(warehouse, wanted, oldest)
            oldest = wanted
        nights[history] = measure(warehouse)
    seconds = {history: [night.seconds for night in runs] for history, runs in nights.items()}
    medians = {history: statistics.median(runs) for history, runs in seconds.items()}
    return {
        "ratio_at_10x_history": round(medians[HISTORIES[-1]] / medians[HISTORIES[0]], 3),
        "nightly_seconds_by_days_of_history": {str(days): round(median, 2) for days, median in medians.items()},
        "fastest_and_slowest_seconds": {
            str(days): [round(min(runs), 2), round(max(runs), 2)] for days, runs in seconds.items()
        },
        "read_bytes_by_days_of_history": {
            str(days): round(statistics.median(night.read_bytes for night in runs)) for days, runs in nights.items()
        },
        "nights": {
            str(days): [{"seconds": round(n.seconds, 2), "load_average": round(n.load_average, 1)} for n in runs]
            for days, runs in nights.items()
        },
        "runs_per_history": RUNS_PER_HISTORY,
        "towers": TOWER_COUNT,
    }


def main() -> None:
    events_per_day = asked_count(__doc__, "events_per_day", EVENTS_PER_DAY)
    with tempfile.TemporaryDirectory(prefix="telecom-nightly-") as folder:
        Path(folder).chmod(0o755)
        with running(LocalCluster(StateDirectory.open(Path(folder) / "state"))) as cluster:
            start_services(cluster, "minio", "postgres", "trino")
            result = benchmark(open_warehouse(LakeEngine(cluster), "nightly", Path(folder) / "dbt", events_per_day))
    result |= figures([big_night(events) for events in VOLUMES])
    result |= {
        "events_per_day": events_per_day,
        "machine": machine(),
        "versions": {"trino": versions().trino.version, "pyiceberg": version("pyiceberg"), "dbt-core": dbt_version()},
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    RESULT_FILE.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))


def dbt_version() -> str:
    """Version of dbt-core as its environment's lock file pins it."""
    packages = tomllib.loads((ENVIRONMENTS / "dbt" / "uv.lock").read_text())["package"]
    return next(str(package["version"]) for package in packages if package["name"] == "dbt-core")


if __name__ == "__main__":
    main()
