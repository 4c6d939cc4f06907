"""Which Python runs the project: the first of some names that pyproject.toml allows and that makes environments."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

_PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_ANSWER_SECONDS = 20
# The base of an active virtual environment, because that one must outlive the environment.
_QUESTION = """
import sys
print("%d.%d.%d" % sys.version_info[:3])
print(getattr(sys, "_base_executable", None) or sys.executable)
try:
    import ensurepip, venv
    print("makes environments")
except ImportError:
    print("does not")
"""
_ANSWER_LINES = 3


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine."""

    path: str
    version: str
    makes_environments: bool

    @property
    def minor(self) -> int:
        """13 of 3.13.5; -1 if it is not a Python 3."""
        major, minor, _ = map(int, self.version.split("."))
        return minor if major == 3 else -1


def find_interpreter() -> Interpreter | None:
    """The one to use, or None. PYTHON in the environment, which `make PYTHON=…` sets, leaves no choice."""
    allowed = _allowed_minors()
    return next((found for found in interpreters() if found.minor in allowed and found.makes_environments), None)


def interpreters() -> Iterator[Interpreter]:
    """Those that answer, the preferred first."""
    chosen = os.environ.get("PYTHON")
    names = [chosen] if chosen else [*(f"python3.{minor}" for minor in reversed(_allowed_minors())), "python3"]
    return (found for found in map(_ask, names) if found)


def allowed_versions() -> str:
    """In words: Python 3.11 to 3.13."""
    minors = _allowed_minors()
    return f"Python 3.{minors[0]} to 3.{minors[-1]}"


def _allowed_minors() -> tuple[int, ...]:
    """Read `requires-python = ">=3.11,<3.14"`. There is no TOML parser before Python 3.11."""
    match = re.search(
        r'^requires-python = ">=3\.(\d+),<3\.(\d+)"', _PYPROJECT.read_text(encoding="utf-8"), re.MULTILINE
    )
    if match is None:
        raise ValueError(f"{_PYPROJECT} does not say requires-python as `>=3.X,<3.Y`")
    return tuple(range(int(match.group(1)), int(match.group(2))))


def _ask(name: str) -> Interpreter | None:
    """None if there is none, or if it does not run, as a shim of pyenv without a version behind it."""
    try:
        done = subprocess.run(
            [name, "-c", _QUESTION], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()[-_ANSWER_LINES:]  # a site's sitecustomize may print something before
    if done.returncode or len(lines) < _ANSWER_LINES:
        return None
    version, path, environments = lines
    return Interpreter(path, version, environments == "makes environments")
