"""A module that calls itself pure has no clock and no network: the rule is ruff's, the claim is the docstring's."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTS = ("contracts", "operators", "jobs", "local", "telecom")
CLAIM = re.compile(r"\bPure\b")
RUFF = str(Path(sys.executable).with_name("ruff"))
A_CLOCK = "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n"


def pure_modules() -> Iterator[Path]:
    """Modules whose docstring, or whose package's, says so. A package's claim is its own modules' too."""
    for module in (path for root in ROOTS for path in (REPOSITORY / root).rglob("*.py")):
        package = module.with_name("__init__.py")
        if any(CLAIM.search(docstring(file)) for file in {module, package} if file.is_file()):
            yield module


def docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text())) or ""


def ruff(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [RUFF, "check", "--no-cache", "--select", "TID251", "--output-format", "concise", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, cwd=REPOSITORY)


def test_what_calls_itself_pure_is_pure() -> None:
    modules = list(pure_modules())
    assert len(modules) > 80
    found = ruff("--config", "lint.per-file-ignores = {}", *map(str, modules))
    assert found.returncode == 0, found.stdout


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
