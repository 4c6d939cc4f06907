"""Each import contract bites: a planted import breaks it, and is what the report of that contract names."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from operator_fixtures import REPOSITORY

CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in CONFIGURATION["contracts"]]
# Wide enough for the name of a contract and what came of it.
COLUMNS = "300"


class Plant(NamedTuple):
    """An import that a module gets, or a new module, and the name of the contract against it."""

    importer: str
    imported: str
    contract: str

    @property
    def file(self) -> str:
        return f"{self.importer.replace('.', '/')}.py"

    @property
    def shown(self) -> str:
        """How a report names it, up to the line."""
        return f"{self.importer} -> {self.imported} (l."


OPERATOR = "operators.telecom_pipeline"
STAGES = "the operator's stages know no client, no engine, no HTTP, no clock and no randomness of their own"
ONE_CLIENT = "one module knows the Kubernetes client, one package kopf"
JOBS = "no job knows another, and what they share knows no job"
VERBS = "the command: no verb of a group knows another"
CYCLES = "no cycle between the parts of any package, at any depth"
PLANTS = (
    Plant(
        "local.state.planted",
        "telecom.terminal.console",
        "the whole: a command over a laptop's cluster, an operator and jobs, over contracts",
    ),
    Plant(
        "telecom.terminal.planted",
        "benchmarks.machine",
        "the product knows nothing of what only developers run",
    ),
    Plant(f"{OPERATOR}.plan.planted", f"{OPERATOR}.status.build", "the operator: a stage knows the stages before it"),
    Plant(f"{OPERATOR}.plan.planted", "socket", STAGES),
    Plant(f"{OPERATOR}.render.planted", "random", STAGES),
    Plant("telecom.access.planted", "lightkube", ONE_CLIENT),
    Plant(f"{OPERATOR}.clusters.planted", "kopf", ONE_CLIENT),
    Plant("jobs.churn.planted", "jobs.privacy.subject", JOBS),
    Plant("jobs.runtime.planted", "jobs.privacy.subject", JOBS),
    Plant(
        "jobs.kafka_to_bronze.reading.planted",
        "jobs.kafka_to_bronze.committing.commit",
        "the sink: a loop over committing over reading; its tools beside the loop",
    ),
    Plant(
        "jobs.producers.model.planted",
        "jobs.producers.traffic.calls",
        "producers: a run sends traffic of a model",
    ),
    Plant(
        "jobs.nightly.gates.planted",
        "jobs.nightly.dbt.dbt_build",
        "the nightly run: publishing knows verdicts, gates and dbt know nothing of each other",
    ),
    Plant(
        "jobs.account_freezer.policy",
        "jobs.account_freezer.crm",
        "the account freezer: an answer and its undoing over a policy that knows no database",
    ),
    Plant(
        "jobs.privacy.subject",
        "jobs.privacy.erase",
        "privacy: a person's erasure over each place's, over who a person is",
    ),
    Plant(
        "jobs.churn.scored",
        "jobs.churn.crm",
        "churn: a run over what it reads and writes, over a model that knows neither",
    ),
    Plant(
        "jobs.crm_batch_ingestor.source",
        "jobs.crm_batch_ingestor.bronze",
        "the CRM's ingestor: a run over source and bronze, over what differs between them",
    ),
    Plant(
        "jobs.crm_simulator.population",
        "jobs.crm_simulator.billing",
        "the CRM's simulator: days over a database over customers and their bills",
    ),
    Plant("images.layers", "images.archive", "images: archives over layers, whichever images they hold"),
    Plant("contracts.events.planted", "contracts.tables", "contracts: schemas and tables follow from the events"),
    Plant(
        "local.artefacts.planted",
        "local.services.trino",
        "LocalCluster: a cluster of adapters and services, over processes and artefacts, over state",
    ),
    Plant(
        "local.adapters.kafka.planted",
        "local.adapters.flink.manifest",
        "adapters: Kafka's and Flink's do not know each other; Flink's run as pods",
    ),
    Plant(
        "telecom.pipelines.planted",
        "telecom.access.kube",
        "the command: verbs over what they do, over ways into a pipeline",
    ),
    Plant(
        "telecom.cli.up",
        "telecom.cli.down",
        "the command: no verb knows another; main registers them, reference describes them",
    ),
    Plant("telecom.cli.kube.pause", "telecom.cli.kube.resume", VERBS),
    Plant("telecom.cli.run.churn", "telecom.cli.run.nightly", VERBS),
)
# Modules that import each other, in the same layer of every other contract.
CYCLE = (
    Plant("contracts.events.planted_one", "contracts.events.planted_two", CYCLES),
    Plant("contracts.events.planted_two", "contracts.events.planted_one", CYCLES),
)
A_JOB_WITHOUT_A_PLACE = "jobs/planted/__init__.py"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's modules in a folder of their own."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    for package in CONFIGURATION["root_packages"]:
        folder = package.replace(".", "/")
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=all_but_modules)
    return root


@pytest.fixture(scope="module")
def reports(tree: Path) -> Mapping[str, str]:
    """Reports on a tree with everything planted: one run, because each names the imports that break it."""
    with planted(tree):
        return broken_contracts(tree)


def all_but_modules(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()}


@contextmanager
def planted(tree: Path) -> Iterator[None]:
    """All plants at once, gone at the end."""
    files = {tree / path for path in (*(plant.file for plant in (*PLANTS, *CYCLE)), A_JOB_WITHOUT_A_PLACE)}
    before = {file: file.read_text() if file.is_file() else None for file in files}
    try:
        for plant in (*PLANTS, *CYCLE):
            with (tree / plant.file).open("a") as file:
                file.write(f"import {plant.imported}\n")
        (tree / A_JOB_WITHOUT_A_PLACE).parent.mkdir()
        (tree / A_JOB_WITHOUT_A_PLACE).touch()
        yield
    finally:
        for file, text in before.items():
            file.unlink(missing_ok=True) if text is None else file.write_text(text)


def broken_contracts(tree: Path) -> dict[str, str]:
    """What import-linter reports on each contract that is broken."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": COLUMNS}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    found = re.findall(r"^(.*) BROKEN", done.stdout, re.MULTILINE)
    assert done.returncode == (1 if found else 0), done.stdout + done.stderr
    _, *parts = re.split(r"^(.+)\n-+$", done.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    reports = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(reports) == found
    return reports


def test_the_tree_as_it_is_keeps_all_contracts(tree: Path) -> None:
    assert broken_contracts(tree) == {}


def test_every_contract_is_planted_against(reports: Mapping[str, str]) -> None:
    assert {plant.contract for plant in (*PLANTS, *CYCLE)} == set(CONTRACTS)
    assert list(reports) == CONTRACTS


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.importer} imports {plant.imported}")
def test_a_planted_import_breaks_the_contract_against_it(reports: Mapping[str, str], plant: Plant) -> None:
    assert plant.shown in reports[plant.contract]


def test_two_modules_that_import_each_other_are_a_cycle(reports: Mapping[str, str]) -> None:
    assert "No cycles are allowed in contracts.events." in reports[CYCLES]


def test_a_job_without_a_place_is_named(reports: Mapping[str, str]) -> None:
    assert "- jobs.planted\n" in reports[JOBS]
