"""The import contracts bite: a planted import breaks the one that forbids it, by name."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from operator_fixtures import REPOSITORY

CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
# Wide enough for the name of a contract and what came of it.
COLUMNS = "300"


@dataclass(frozen=True)
class Plant:
    """Files to add, by path, and what the contract that they break is called, up to its colon or comma."""

    name: str
    files: Mapping[str, str]
    breaks: str


PLANTS = (
    Plant(
        "the command known by LocalCluster",
        {"local/state/planted.py": "import telecom.terminal.console"},
        "the whole",
    ),
    Plant(
        "a benchmark that the command imports",
        {"telecom/terminal/planted.py": "import benchmarks.machine"},
        "the product knows nothing of what only developers run",
    ),
    Plant(
        "a job that imports another",
        {"jobs/churn/planted.py": "from jobs.privacy import subject"},
        "no job knows another",
    ),
    Plant(
        "a job that what jobs share imports",
        {"jobs/runtime/planted.py": "from jobs.privacy import subject"},
        "no job knows another",
    ),
    Plant(
        "a job without a place",
        {"jobs/planted/__init__.py": ""},
        "no job knows another",
    ),
    Plant(
        "a stage of the operator that imports a later one",
        {"operators/telecom_pipeline/plan/planted.py": "import operators.telecom_pipeline.status.build"},
        "the operator",
    ),
    Plant(
        "a pure stage that opens a socket",
        {"operators/telecom_pipeline/plan/planted.py": "import socket"},
        "the operator's stages know no client",
    ),
    Plant(
        "a reader of Kafka that knows commits",
        {"jobs/kafka_to_bronze/reading/planted.py": "from jobs.kafka_to_bronze.committing import commit"},
        "the sink",
    ),
    Plant(
        "two modules that import each other",
        {
            "contracts/events/planted_one.py": "import contracts.events.planted_two",
            "contracts/events/planted_two.py": "import contracts.events.planted_one",
        },
        "no cycle between the parts of any package",
    ),
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's modules in a folder of their own."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    for package in CONFIGURATION["root_packages"]:
        folder = package.replace(".", "/")
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=all_but_modules)
    return root


def all_but_modules(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()}


@contextmanager
def planted(tree: Path, plant: Plant) -> Iterator[None]:
    for path, text in plant.files.items():
        (tree / path).parent.mkdir(exist_ok=True)
        (tree / path).write_text(f"{text}\n")
    yield
    for path in plant.files:
        (tree / path).unlink()


def broken_contracts(tree: Path) -> set[str]:
    """Names of the contracts that are broken, up to a colon or comma."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": COLUMNS}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    found = re.findall(r"^(.*) BROKEN", done.stdout, re.MULTILINE)
    assert done.returncode == (1 if found else 0), done.stdout + done.stderr
    return {re.split("[:,]", name)[0] for name in found}


def test_the_tree_as_it_is_keeps_all_contracts(tree: Path) -> None:
    assert broken_contracts(tree) == set()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_import_breaks_the_contract_against_it(tree: Path, plant: Plant) -> None:
    with planted(tree, plant):
        assert plant.breaks in broken_contracts(tree)
