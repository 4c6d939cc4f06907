"""Nights that fail or are refused never happened: nothing of them is built upon, and the next one takes it all."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engines import wait_until
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import text
from warehouse import EVENING, RUN_DATE, Warehouse

from contracts.environment import PARSED_DBT_PROJECT
from jobs.nightly.dbt.dbt_build import DbtError
from jobs.nightly.nightly_run import NightlyReport
from jobs.nightly.silver_build import last_build
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.named_errors import EXIT_FATAL
from jobs.runtime.unfinished_run import Phase, unfinished_run

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]
NIGHTS = range(1, 9)
LAST = RUN_DATE + dt.timedelta(days=NIGHTS[-1])
LATE_FIX = "assert_planted"
# In place of dbt: it parses, then it comes to a verdict, or to none if there is no report for it.
NO_DBT = """#!/bin/sh
mkdir -p "$DBT_TARGET_PATH"
cp "$0.manifest" "$DBT_TARGET_PATH/manifest.json"
if grep -q '"parse"'; then exit 0; fi
cp "$0.report" "$DBT_TARGET_PATH/run_results.json" 2> /dev/null
exit 1
"""
REPORT = {"results": [{"status": "fail", "unique_id": "test.telecom.assert_x", "failures": 2, "message": "Got 2"}]}


def evening(days: int) -> dt.datetime:
    return EVENING + dt.timedelta(days=days)


def broken(warehouse: Warehouse, folder: Path, *, has_verdict: bool) -> Warehouse:
    """The same warehouse, with a dbt that fails at once."""
    python = folder / "dbt-python"
    python.write_text(NO_DBT)
    python.chmod(0o755)
    Path(f"{python}.manifest").write_text(json.dumps({"nodes": {}, "sources": {}}))
    Path(f"{python}.report").unlink(missing_ok=True)
    if has_verdict:
        Path(f"{python}.report").write_text(json.dumps(REPORT))
    dbt = warehouse.settings.dbt.model_copy(update={"python": python, "target_directory": folder})
    environ = {key: value for key, value in warehouse.environ.items() if key != PARSED_DBT_PROJECT}
    return replace(warehouse, settings=warehouse.settings.model_copy(update={"dbt": dbt}), environ=environ)


def with_failing_test(warehouse: Warehouse, folder: Path) -> Warehouse:
    """The same warehouse with another project: a test in it fails after all is built."""
    project = folder / "project"
    shutil.copytree(warehouse.settings.dbt.project_directory, project)
    (project / "tests" / f"{LATE_FIX}.sql").write_text("select call_id from {{ ref('fact_calls') }} limit 3\n")
    dbt = warehouse.settings.dbt.model_copy(update={"project_directory": project, "target_directory": folder})
    return replace(warehouse, settings=warehouse.settings.model_copy(update={"dbt": dbt}))


def tolerant_of_strangers(warehouse: Warehouse) -> Warehouse:
    """The same warehouse, whose gates let a few dozen events of nobody known pass: so little traffic has many."""
    gates = warehouse.settings.gates
    referential = gates.referential.model_copy(update={"min_rows": 100})
    settings = warehouse.settings.model_copy(update={"gates": gates.model_copy(update={"referential": referential})})
    return replace(warehouse, settings=settings)


def has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more. Whose parent was killed is a zombie until the machine's first process notices."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def night_at_work(warehouse: Warehouse, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A run as a process of its own, which has just changed a table of silver. At the end its dbt has ended, too, and
    what it built lies about.
    """
    with changing_lake(warehouse.catalog, "a test"):
        pass  # what the night before left behind is put back now, so that a change is one of this night
    before, settings = warehouse.snapshots("silver"), folder / "settings.json"
    settings.write_text(warehouse.settings.model_dump_json())
    argv = [sys.executable, "-m", "jobs.nightly", "--settings", str(settings), "--date", str(warehouse.now.date())]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(argv, env={**os.environ, **warehouse.environ}, stdout=log, stderr=log) as run,
    ):
        wait_until(
            lambda: run.poll() is not None or warehouse.snapshots("silver") != before, "a change of silver", seconds=300
        )
        children = psutil.Process(run.pid).children(recursive=True)
        yield run
    assert children, (folder / "log").read_text()
    wait_until(lambda: all(map(has_ended, children)), "dbt to end with the run that it worked for")
    assert warehouse.snapshots("silver") != before
    dead = unfinished_run(warehouse.catalog)
    assert dead is not None
    assert dead.phase is Phase.BUILDING


def take_lock_from(warehouse: Warehouse, run: "subprocess.Popen[bytes]", folder: Path) -> None:
    """What an administrator, a fail-over or a firewall does to the session that holds the lock of silver and gold."""
    catalog = warehouse.catalog
    assert isinstance(catalog, SqlCatalog)
    with catalog.engine.connect() as connection:
        statement = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'nightly of %'"
        assert connection.execute(text(statement)).scalars().all() == [True]
    assert run.wait(timeout=120) == EXIT_FATAL
    log = (folder / "log").read_text()
    assert "LakeLockLostError" in log
    assert "Run this again" in log


@pytest.fixture(scope="module")
def fixed_night(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightlyReport]:
    """Eight nights with arrivals: the first is killed as it builds, the second loses its lock, the others are refused
    or end with an error, the last of them after all was built. Then one that works.
    """
    assert warehouse.nightly().is_published
    contents, published = warehouse.contents("silver", "gold"), warehouse.published()
    for night in NIGHTS[:-1]:
        warehouse.now = evening(night)
        warehouse.add_day(warehouse.now.date())
        folder = tmp_path_factory.mktemp(f"night{night}_")
        if night == 1:
            with night_at_work(warehouse, folder) as run:
                run.kill()
            continue
        if night == 2:
            with night_at_work(warehouse, folder) as run:
                take_lock_from(warehouse, run, folder)
            assert warehouse.published() == published
            continue
        if night in (4, 6):
            with pytest.raises(DbtError):
                broken(warehouse, folder, has_verdict=False).nightly()
        else:
            report = broken(warehouse, folder, has_verdict=True).nightly()
            assert [result.gate.name for result in report.results if result.blocks] == ["dbt test assert_x"]
            assert not report.is_published
        assert warehouse.published() == published
        assert warehouse.contents("silver", "gold") == contents, "what a dead or refused night built is gone"
    warehouse.now = evening(NIGHTS[-1])
    warehouse.add_day(LAST)
    warehouse.ingest()
    refused = with_failing_test(warehouse, tmp_path_factory.mktemp("other_project")).nightly()
    assert refused.publication.blocking_gates == (f"dbt test {LATE_FIX}",)
    assert warehouse.contents("silver", "gold") == contents, "a refused night is built upon by nobody"
    assert warehouse.published() == published
    assert unfinished_run(warehouse.catalog) is None
    yield tolerant_of_strangers(warehouse).nightly()


def test_the_night_after_eight_failed_ones_takes_the_days_of_all_of_them(
    warehouse: Warehouse, fixed_night: NightlyReport
) -> None:
    assert fixed_night.is_published, [result for result in fixed_night.results if result.blocks]
    days = {RUN_DATE + dt.timedelta(days=night) for night in NIGHTS}
    assert days <= set(fixed_night.run.days), "the gates judge all of them"
    in_bronze = per_day(warehouse, "bronze.call_events", "cast(event_time at time zone 'UTC' as date)")
    in_gold = per_day(warehouse, "published.fact_calls", "event_date")
    for day in days:
        assert in_gold[day] == in_bronze[day] > 0


def test_what_happened_is_in_the_audit_tables(warehouse: Warehouse, fixed_night: NightlyReport) -> None:
    rows = warehouse.rows("select action, blocking_gates from audit.publications order by at desc limit 5")
    assert [row["action"] for row in rows] == ["published", *["refused"] * 4]
    assert rows[1]["blocking_gates"] == [f"dbt test {LATE_FIX}"]
    (row,) = warehouse.rows(f"select gate, outcome, value from audit.gate_results where gate = 'dbt test {LATE_FIX}'")
    assert (row["outcome"], row["value"]) == ("failed", 3)
    build = last_build(warehouse.catalog)
    assert build is not None
    assert build.inputs == fixed_night.run.inputs
    assert sum(build.bronze_days["call_events"].values()) == warehouse.value("select count(*) from bronze.call_events")


def per_day(warehouse: Warehouse, table: str, day: str) -> dict[dt.date, int]:
    """Distinct calls by event day."""
    key = "event_id" if table.startswith("bronze") else "call_id"
    rows = warehouse.rows(f"select {day} as day, count(distinct {key}) as calls from {table} group by 1")
    return {row["day"]: row["calls"] for row in rows}
