"""A build of dbt that failed: who is to blame, and what becomes of it."""

import json
from pathlib import Path
from typing import Any

import psutil
import pytest

from contracts.batch_settings import DbtSettings
from contracts.nightly_verdict import LONGEST_TEXT_BYTES, GateVerdict, NightlyVerdict
from jobs.nightly.dbt.dbt_build import Dbt, DbtError
from jobs.nightly.dbt.node_failures import NodeFailure, node_failures
from jobs.nightly.dbt.parse_project import NO_LOGIN, NO_TRINO
from jobs.nightly.failed_build import MOST_NODES, as_results

TEST = {
    "status": "fail",
    "unique_id": "test.telecom.assert_load_is_a_percentage",
    "failures": 3,
    "message": "Got 3 results, configured to fail if != 0",
}
MODEL = {
    "status": "error",
    "unique_id": "model.telecom.silver_calls",
    "failures": None,
    "message": "Database Error in model silver_calls\n  TrinoUserError(name=INVALID_CAST_ARGUMENT, '12065550101')",
}
UNREACHABLE = MODEL | {"message": "Database Error in model silver_calls\n  TrinoConnectionError(refused)"}
# Stands for dbt: it leaves a report, if it is given one, and fails.
FAILING_DBT = """#!/bin/sh
cat > /dev/null
mkdir -p "$DBT_TARGET_PATH"
if [ -f "$DBT_LOG_PATH.report" ]; then cp "$DBT_LOG_PATH.report" "$DBT_TARGET_PATH/run_results.json"; fi
echo "the last words"
exit 1
"""

SLOW_DBT = """#!/bin/sh
cat > /dev/null
echo $$ > "$DBT_LOG_PATH.pid"
echo first
exec sleep 30
"""
PARSING_DBT = """#!/bin/sh
grep -q '"parse"' || exit 0
mkdir -p "$DBT_TARGET_PATH"
echo '{"nodes": {"a": {"resource_type": "model", "schema": "gold", "name": "fact_calls",
  "config": {"materialized": "incremental"}}}}' > "$DBT_TARGET_PATH/manifest.json"
"""


def report(*results: dict[str, Any]) -> dict[str, Any]:
    return {"results": [{"status": "success", "unique_id": "model.telecom.dim_date", "message": "OK"}, *results]}


def test_failed_tests_and_models_are_named_with_what_they_said():
    failed_test, failed_model = node_failures(report(TEST, MODEL))
    assert (failed_test.kind, failed_test.name, failed_test.count) == ("test", "assert_load_is_a_percentage", 3)
    assert (failed_model.kind, failed_model.name, failed_model.count) == ("model", "silver_calls", 1)
    assert "INVALID_CAST_ARGUMENT" in failed_model.message
    assert "12065550101" not in failed_model.message


# As Trino's client and its HTTP library word them.
@pytest.mark.parametrize(
    "message",
    [
        'TrinoQueryError(type=INSUFFICIENT_RESOURCES, name=CLUSTER_OUT_OF_MEMORY, message="Query killed")',
        'TrinoQueryError(type=INTERNAL_ERROR, name=REMOTE_HOST_GONE, message="Expected response code")',
        "error 503: service unavailable",
        "error 401: Unauthorized",
        "HTTPSConnectionPool(host='trino', port=8443): Read timed out. (read timeout=30)",
    ],
)
def test_what_the_engine_could_not_do_is_not_the_datas_fault(message: str):
    (failure,) = node_failures(report(MODEL | {"message": message}))
    assert failure.is_of_engine


@pytest.mark.parametrize("value", ["+1 206-555-0123", "jane.doe@example.com", "Jane Doe, 12 Main St"])
def test_a_quoted_value_stays_out_of_the_message(value: str):
    (failure,) = node_failures(report(MODEL | {"message": f"INVALID_CAST_ARGUMENT: Cannot cast '{value}' to BIGINT"}))
    assert failure.message == "INVALID_CAST_ARGUMENT: Cannot cast … to BIGINT"
    assert not failure.is_of_engine


def test_they_block_like_gates():
    results = as_results(node_failures(report(TEST, MODEL)))
    assert [result.gate.name for result in results] == [
        "dbt test assert_load_is_a_percentage",
        "dbt model silver_calls",
    ]
    assert all(result.blocks for result in results)
    assert results[0].evidence[0].detail == TEST["message"]


def test_a_hundred_failures_fit_into_a_pods_last_words():
    failures = [NodeFailure("test", f"{number:03}_{'n' * 90}", 1, "m" * 500) for number in range(100)]
    results = as_results(failures)
    assert len(results) == MOST_NODES + 1
    assert results[-1].value == 100 - MOST_NODES
    gates = tuple(
        GateVerdict(name=found.gate.name, layer="all", owner=found.gate.owner, outcome="failed", value=found.value)
        for found in results
    )
    assert len(NightlyVerdict(run_id="r" * 32, gates=gates).text()) < LONGEST_TEXT_BYTES


@pytest.fixture
def dbt(tmp_path: Path) -> Dbt:
    python = tmp_path / "dbt-python"
    python.write_text(FAILING_DBT)
    python.chmod(0o755)
    settings = DbtSettings(python=python, project_directory=tmp_path, target_directory=tmp_path)
    return Dbt(settings, NO_TRINO, NO_LOGIN)


def test_a_build_that_failed_by_its_data_is_a_verdict(dbt: Dbt, tmp_path: Path):
    (tmp_path / "logs.report").write_text(json.dumps(report(TEST)))
    assert [failure.name for failure in dbt.build(("build",), {})] == ["assert_load_is_a_percentage"]


@pytest.mark.parametrize("results", [[UNREACHABLE], [TEST, UNREACHABLE], []])
def test_an_engine_that_does_not_answer_is_no_verdict(dbt: Dbt, tmp_path: Path, results: list[dict[str, Any]]):
    (tmp_path / "logs.report").write_text(json.dumps(report(*results)))
    with pytest.raises(DbtError, match="the last words"):
        dbt.build(("build",), {})


def test_the_report_of_an_earlier_build_is_not_taken_for_this_one(dbt: Dbt, tmp_path: Path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "run_results.json").write_text(json.dumps(report(TEST)))
    with pytest.raises(DbtError):
        dbt.build(("build",), {})


def test_a_build_that_may_not_go_on_ends_with_its_process(dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jobs.nightly.dbt.dbt_build.ASK_SECONDS", 0.05)
    (tmp_path / "dbt-python").write_text(SLOW_DBT)
    answers = iter((None, None, ZeroDivisionError))

    def may_go_on() -> None:
        if answer := next(answers):
            raise answer

    with pytest.raises(ZeroDivisionError):
        dbt.build(("build",), {}, may_go_on)
    assert not psutil.pid_exists(int((tmp_path / "logs.pid").read_text()))


def test_a_build_that_may_go_on_is_heard_to_its_end(dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jobs.nightly.dbt.dbt_build.ASK_SECONDS", 0.05)
    (tmp_path / "dbt-python").write_text(SLOW_DBT.replace("exec sleep 30", "sleep 0.3\necho last"))
    assert dbt.run(("build",), {}, lambda: None) == "first\nlast\n"


def test_a_project_that_nobody_parsed_is_parsed_before_a_run_says_what_it_builds(dbt: Dbt, tmp_path: Path):
    (tmp_path / "dbt-python").write_text(PARSING_DBT)
    dbt.prepare()
    assert dbt.built_tables() == {("gold", "fact_calls")}
    dbt.close()
