"""A module that calls itself pure has no clock, no network and nothing random: ruff's rule, the docstring's claim."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType

import pytest
from operator_fixtures import REPOSITORY

ROOTS = ("contracts", "operators", "jobs", "local", "telecom")
CLAIM = re.compile(r"\bPure\b")
RUFF = str(Path(sys.executable).with_name("ruff"))
RULES = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
BANNED = set(RULES["flake8-tidy-imports"]["banned-api"])
A_CLOCK = "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"
# Packages whose docstring makes the claim for all of their modules, and modules that make it for themselves: none
# drops it unseen.
PURE = """
contracts/phone_numbers.py
jobs/account_freezer/actions.py
jobs/account_freezer/alerts.py
jobs/account_freezer/policy.py
jobs/churn/model.py
jobs/churn/score_gates.py
jobs/churn/scored.py
jobs/churn/split.py
jobs/crm_batch_ingestor/queries.py
jobs/crm_batch_ingestor/readable_values.py
jobs/crm_batch_ingestor/source_schema.py
jobs/crm_batch_ingestor/versions.py
jobs/crm_simulator/billing.py
jobs/crm_simulator/changes.py
jobs/crm_simulator/population.py
jobs/fraud_rules_publisher/changes.py
jobs/kafka_to_bronze/reading
jobs/kafka_to_bronze/reading/offset_notes.py
jobs/kafka_to_bronze/reading/ranges.py
jobs/kafka_to_bronze/tools/replay_progress.py
jobs/nightly/chunks.py
jobs/nightly/closed_day.py
jobs/nightly/dbt/node_failures.py
jobs/nightly/dbt/tables_read.py
jobs/nightly/dbt/told_values.py
jobs/nightly/failed_build.py
jobs/nightly/gates/acceptance.py
jobs/nightly/gates/comparison.py
jobs/nightly/gates/gate.py
jobs/nightly/gates/judging
jobs/nightly/gates/judging/completeness.py
jobs/nightly/gates/judging/distribution.py
jobs/nightly/gates/judging/fraud_health.py
jobs/nightly/gates/judging/freshness.py
jobs/nightly/gates/judging/held_back.py
jobs/nightly/gates/judging/late_records.py
jobs/nightly/gates/judging/left_behind.py
jobs/nightly/gates/judging/lineage.py
jobs/nightly/gates/judging/personal_data.py
jobs/nightly/gates/judging/schema_diff.py
jobs/nightly/gates/judging/usual_days.py
jobs/nightly/gates/judging/volume.py
jobs/nightly/gates/statement.py
jobs/nightly/judged_days.py
jobs/nightly/late_changes.py
jobs/nightly/publish/history.py
jobs/nightly/run_day.py
jobs/nightly/sql_text.py
jobs/privacy/subject.py
jobs/runtime/consent_at_reading.py
jobs/runtime/landed_changes.py
jobs/runtime/positions.py
local/adapters/flink/manifest.py
local/adapters/kafka/nodes.py
local/adapters/kafka/properties.py
local/adapters/workloads/container.py
local/adapters/workloads/mount_paths.py
local/kubernetes/service_addresses.py
local/supervisor/decision.py
operators/telecom_pipeline/children
operators/telecom_pipeline/clusters/foreign.py
operators/telecom_pipeline/controller/conflict.py
operators/telecom_pipeline/controller/events.py
operators/telecom_pipeline/figures/sink_figures.py
operators/telecom_pipeline/objects
operators/telecom_pipeline/objects/observed.py
operators/telecom_pipeline/objects/plain_digest.py
operators/telecom_pipeline/pipeline
operators/telecom_pipeline/pipeline/endpoints.py
operators/telecom_pipeline/plan
operators/telecom_pipeline/reconcile/dry_run.py
operators/telecom_pipeline/render
operators/telecom_pipeline/status
operators/telecom_pipeline/status/data.py
operators/telecom_pipeline/status/inventory.py
operators/telecom_pipeline/status/overdue.py
operators/telecom_pipeline/upgrade
operators/telecom_pipeline/upgrade/fingerprint.py
operators/telecom_pipeline/validate
operators/telecom_pipeline/validate/shared_catalog.py
telecom/audit/alert_score.py
telecom/batch/tower_file.py
telecom/catalogue/lineage_tree.py
telecom/doctor/judgement.py
"""


def claiming() -> Iterator[Path]:
    """Modules, and packages by their `__init__.py`, whose docstring says that they are pure."""
    for module in (path for root in ROOTS for path in (REPOSITORY / root).rglob("*.py")):
        if CLAIM.search(docstring(module)):
            yield module


def pure_modules() -> Iterator[Path]:
    """A package's claim is its own modules' too."""
    for claimed in claiming():
        yield from claimed.parent.glob("*.py") if claimed.name == "__init__.py" else [claimed]


def docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text())) or ""


def ruff(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The rule on files, or on `stdin`, where no comment switches it off."""
    options = ["--no-cache", "--ignore-noqa", "--select", "TID251", "--output-format", "concise"]
    command = [RUFF, "check", *options, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, cwd=REPOSITORY)


def use_of(name: str) -> str:
    """Lines that use what has this name, with a comment that asks for silence."""
    if isinstance(resolve_name(name), ModuleType):
        return f"import {name}  # noqa: TID251\n"
    return f"import {name.partition('.')[0]}\nFOUND = {name}  # noqa: TID251\n"


def test_those_that_call_themselves_pure_go_on_doing_so() -> None:
    names = {str(path.relative_to(REPOSITORY)).removesuffix("/__init__.py") for path in claiming()}
    assert names == set(PURE.split()), "PURE in this file lists them"


def test_what_calls_itself_pure_is_pure() -> None:
    found = ruff("--config", "lint.per-file-ignores = {}", *map(str, pure_modules()))
    assert found.returncode == 0, found.stdout


def test_contracts_and_stages_do_not_switch_the_rule_off() -> None:
    found = ruff("contracts", "operators")
    assert found.returncode == 0, found.stdout


def test_each_ban_bites() -> None:
    found = ruff("--stdin-filename", "contracts/planted.py", stdin="".join(map(use_of, BANNED)))
    assert set(re.findall(r"`([\w.]+)` is banned", found.stdout)) == BANNED != set()


@pytest.mark.parametrize(
    ("module", "may_have_a_clock"),
    [
        ("contracts/planted.py", False),
        ("operators/telecom_pipeline/status/planted.py", False),
        ("operators/telecom_pipeline/reconcile/planted.py", False),
        ("operators/telecom_pipeline/controller/planted.py", True),
        ("operators/telecom_pipeline/clusters/planted.py", True),
        ("operators/telecom_pipeline/figures/planted.py", True),
    ],
)
def test_a_clock_in_a_stage_fails_the_check(module: str, may_have_a_clock: bool) -> None:
    found = ruff("--stdin-filename", module, stdin=A_CLOCK)
    assert ("`datetime.datetime.now` is banned" in found.stdout) is not may_have_a_clock, found.stdout
