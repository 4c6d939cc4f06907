"""Every page of the repository: its links lead somewhere, and what it names is there."""

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from demo_run import REPOSITORY
from typer.main import get_command

from telecom.cli.main import app

NOT_OURS = {"build", "target", "node_modules"}
# History tells what was: a changelog names files and commands that are gone.
PAST = {"CHANGELOG.md"}
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s]*)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
# `<name>`, `NAME` and `*` stand for any name.
PLACEHOLDER = re.compile(r"<[a-z_ -]+>|\bNAME\b")
MAKE = re.compile(r"(?:`|^\$ |^ {4})make ([a-z-]+)", re.MULTILINE)
TELECOM = re.compile(r"(?:`|^\$ |^ {4})telecom ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE)
STATUS = re.compile(r"^Status: (accepted|superseded by ADR \d+), (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def pages() -> list[Path]:
    """Pages of the repository, without what is fetched or built below it."""
    found = []
    for folder, below, files in os.walk(REPOSITORY):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_OURS]
        found += [Path(folder, name).relative_to(REPOSITORY) for name in files if name.endswith(".md")]
    return sorted(found)


PAGES = pages()
PRESENT = [page for page in PAGES if page.name not in PAST]
DECISIONS = [page for page in PAGES if page.match("docs/adr/[0-9]*.md")]


@cache
def text_of(page: Path) -> str:
    return (REPOSITORY / page).read_text()


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def repository_paths(text: str) -> set[str]:
    """What looks like a path from the repository's root: its first part is a folder there, and no option follows it."""
    folders = {entry.name for entry in REPOSITORY.iterdir() if entry.is_dir() and not entry.name.startswith(".")}
    words = {word for code in (*CODE.findall(text), *FENCED.findall(text)) for word in code.split()}
    return {word.rstrip(".,:;") for word in words if word.partition("/")[0] in folders and "/" in word}


def exists(path: str) -> bool:
    pattern = PLACEHOLDER.sub("*", path.partition("{")[0] + "*" if "{" in path else path).rstrip("/")
    return any(True for _ in REPOSITORY.glob(pattern))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", text_of(page))):
        file, _, anchor = target.partition("#")
        linked = Path(os.path.normpath(page.parent / file)) if file else page
        assert (REPOSITORY / linked).exists(), target
        if anchor:
            assert anchor in anchors(linked), target


@pytest.mark.parametrize("page", PRESENT, ids=str)
def test_paths_that_a_page_names_exist(page: Path) -> None:
    assert [path for path in sorted(repository_paths(text_of(page))) if not exists(path)] == []


@pytest.mark.parametrize("page", PRESENT, ids=str)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(text_of(page))) <= targets
    verbs = getattr(get_command(app), "commands")  # noqa: B009 (a Group, for mypy only a Command)
    for verb, below in TELECOM.findall(text_of(page)):
        assert verb in verbs
        assert not below or below in getattr(verbs[verb], "commands", {below: None}), f"{verb} {below}"


def layers_in_words(contract: dict[str, Any]) -> str:
    """Layers of an import contract as the architecture page writes them, each by the last part of its name."""
    layers = [[name.strip().rpartition(".")[2] for name in layer.split("|")] for layer in contract["layers"]]
    return " > ".join(", ".join(f"`{name}`" for name in layer) for layer in layers)


def test_the_layers_that_the_architecture_shows_are_those_that_are_enforced() -> None:
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    enforced = {layers_in_words(contract) for contract in contracts if contract["type"] == "layers"}
    shown = set(re.findall(r"^\| [^|]+ \| (`[^|]+` > [^|]+) \|$", text_of(Path("docs/architecture.md")), re.MULTILINE))
    assert shown
    assert shown <= enforced


def test_every_decision_is_in_the_index_with_its_status_and_date() -> None:
    index = text_of(Path("docs/adr/README.md"))
    assert DECISIONS
    for page in DECISIONS:
        title = re.findall(r"^# \d+\. (.+)$", text_of(page), re.MULTILINE)[0]
        (status,) = STATUS.findall(text_of(page))
        number = int(page.name.partition("-")[0])
        assert f"| {number} | [{title}]({page.name}) | {status[0]} | {status[1]} |" in index
