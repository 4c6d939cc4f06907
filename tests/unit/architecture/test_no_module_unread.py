"""Each module of ours is in what mypy and import-linter read, so that a name that moved is missed at once."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from operator_fixtures import REPOSITORY

TOOLS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]
# Files, by why no tool need read them; pytest imports its own.
LEFT_OUT = {"charts/telecom-platform/files/create_bucket.py": "a ConfigMap's content, not a module"}
FOLDERS_LEFT_OUT = ("tests", "build")


def modules() -> Iterator[Path]:
    for folder in REPOSITORY.iterdir():
        if folder.is_dir() and folder.name not in FOLDERS_LEFT_OUT and not folder.name.startswith("."):
            yield from (path.relative_to(REPOSITORY) for path in folder.rglob("*.py") if not is_hidden(path))


def is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)


@pytest.mark.parametrize(
    "packages",
    [TOOLS["mypy"]["packages"], TOOLS["importlinter"]["root_packages"]],
    ids=["mypy", "import-linter"],
)
def test_no_module_is_left_out(packages: Sequence[str]) -> None:
    folders = [Path(package.replace(".", "/")) for package in packages]
    found = list(modules())
    assert len(found) > 300
    unread = {str(path) for path in found if not any(path.is_relative_to(folder) for folder in folders)}
    assert unread == set(LEFT_OUT)
