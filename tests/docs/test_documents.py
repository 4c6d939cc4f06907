"""Every page of the repository: its links lead somewhere, and what it names is there."""

import os
import re
import tomllib
from functools import cache
from importlib.util import find_spec
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
FENCED = re.compile(r"^```(.*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A block of commands in another language would not be looked at.
LANGUAGES = {"", "console", "sh", "json", "sql", "yaml"}
# `<name>`, `NAME` and `*` stand for any name.
PLACEHOLDER = re.compile(r"<[a-z_ -]+>|\bNAME\b")
BRACES = re.compile(r"\{([^{}]*)\}")
# A word, with what stands in braces.
WORD = re.compile(r"(?:\{[^{}\n]*\}|[^\s{])+")
# A file of ours, or a folder, by a name that leaves its beginning out.
SHORT_PATH = re.compile(r"\w[\w.{},* -]*(?:/[\w.{},* -]+)*/(?:[\w{},* -]+\.(?:py|sh|sql|yaml|yml|md|csv|java|toml))?")
MAKE = re.compile(r"(?:`|^\$ |^ {4})make ([a-z-]+)", re.MULTILINE)
TELECOM = re.compile(r"(?:`|^\$ |^ {4})telecom ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE)
MODULE = re.compile(r"\bpython3? -m ([a-z_][\w.]*)")
STATUS = re.compile(r"^Status: (accepted|superseded by ADR \d+), (\d{4}-\d\d-\d\d)$", re.MULTILINE)


@cache
def known_paths() -> list[Path]:
    """Files and folders of the repository, without what is fetched or built below it."""
    found = []
    for folder, below, files in os.walk(REPOSITORY):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_OURS]
        found += [Path(folder, name).relative_to(REPOSITORY) for name in (*below, *files)]
    return sorted(found)


PAGES = [path for path in known_paths() if path.suffix == ".md"]
PRESENT = [page for page in PAGES if page.name not in PAST]
DECISIONS = [page for page in PAGES if page.match("docs/adr/[0-9]*.md")]


@cache
def text_of(page: Path) -> str:
    return (REPOSITORY / page).read_text()


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def words(text: str) -> set[str]:
    """Words of a page that are code."""
    code = (*CODE.findall(text), *(block for _, block in FENCED.findall(text)))
    return {word.rstrip(".,:;") for part in code for word in WORD.findall(part)}


def repository_paths(text: str) -> set[str]:
    """What looks like a path of the repository: its first part is a folder there, or its end is a file of ours."""
    folders = {entry.name for entry in REPOSITORY.iterdir() if entry.is_dir() and not entry.name.startswith(".")}
    return {word for word in words(text) if is_below(word, folders) or SHORT_PATH.fullmatch(word)}


def is_below(word: str, folders: set[str]) -> bool:
    return "/" in word and word.partition("/")[0] in folders


def exists(path: str) -> bool:
    """Whether each path that the braces stand for is there, from the root or, without its beginning, anywhere."""
    return all(_exists(each) for each in expanded(path))


def expanded(path: str) -> list[str]:
    """What a shell makes of braces; those without a comma are a placeholder."""
    if not (braces := BRACES.search(path)):
        return [path]
    choices = [choice.strip() for choice in braces[1].split(",")] if "," in braces[1] else ["*"]
    return [each for choice in choices for each in expanded(path[: braces.start()] + choice + path[braces.end() :])]


def _exists(name: str) -> bool:
    pattern = PLACEHOLDER.sub("*", name).rstrip("/")
    return any(True for _ in REPOSITORY.glob(pattern)) or any(path.match(pattern) for path in known_paths())


def commands(text: str) -> str:
    """A page with a prompt before each command of a shell script in it, which a page shows without one."""
    scripts = [block for language, block in FENCED.findall(text) if language == "sh"]
    return "\n".join([text, *(f"$ {line}" for script in scripts for line in script.splitlines())])


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
    text = commands(text_of(page))
    assert {language for language, _ in FENCED.findall(text)} <= LANGUAGES
    assert set(MAKE.findall(text)) <= targets
    assert [module for module in MODULE.findall(text) if not runs(module)] == []
    verbs = getattr(get_command(app), "commands")  # noqa: B009 (a Group, for mypy only a Command)
    for verb, below in TELECOM.findall(text):
        assert verb in verbs
        assert not below or below in getattr(verbs[verb], "commands", {below: None}), f"{verb} {below}"


def runs(module: str) -> bool:
    """Whether Python finds a module, one of ours without importing it."""
    path = REPOSITORY / module.replace(".", "/")
    is_ours = path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
    return is_ours or ("." not in module and find_spec(module) is not None)


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("jobs/{churn,nightly}/README.md", True),
        ("jobs/{churn, nightly}/README.md", True),
        ("jobs/{churn,publication}/README.md", False),
        ("jobs/{job}/README.md", True),
        ("docs/adr/<number>-*.md", True),
        ("clusters/kube.py", True),
        ("gates/", True),
        ("publication/nightly.py", False),
        ("publication/", False),
    ],
)
def test_a_path_is_looked_up_as_a_reader_would(path: str, is_there: bool) -> None:
    (found,) = repository_paths(f"see `{path}`.")
    assert exists(found) is is_there


@pytest.mark.parametrize("text", ["`/metrics`", "`telecom.dev/v1alpha1`", "`deployment/telecom-operator`", "`1/2`"])
def test_what_is_no_path_of_ours_is_left_alone(text: str) -> None:
    assert repository_paths(text) == set()


def test_commands_of_a_script_are_seen() -> None:
    text = commands("```sh\nmake up\ntelecom kube status\npython -m jobs.churn\n```\n")
    assert MAKE.findall(text) == ["up"]
    assert TELECOM.findall(text) == [("kube", "status")]
    assert runs("jobs.churn") and runs("venv") and not runs("jobs.publication.nightly") and not runs("jobs.runtime")


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
