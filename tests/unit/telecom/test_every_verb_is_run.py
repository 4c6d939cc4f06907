"""Each verb is run by a test on real engines: a verb that no test runs breaks without anybody's notice."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from operator_fixtures import REPOSITORY
from typer.core import TyperGroup
from typer.main import get_command

from telecom.cli.main import app

Words = tuple[str, ...]
DOCS, CLUSTER = REPOSITORY / "tests" / "docs", REPOSITORY / "tests" / "cluster"
# What runs the command there, and the words that it puts before its arguments.
RUNNERS: dict[Path, dict[str, Words]] = {
    DOCS: {"telecom": (), "answer": (), "run_telecom": ()},
    CLUSTER: {"telecom": ("kube",)},
}
# Pages whose commands are run, one and all.
PAGES = (REPOSITORY / "README.md", REPOSITORY / "docs" / "tutorial.md")
# Verbs that look at the machine and fetch for it; `make test` runs them before anything else.
MAKEFILE = REPOSITORY / "Makefile"
A_COMMAND = re.compile(r"(?:^\$ |^\t.*\$\(BIN\)/|^)telecom ([a-z].*)$", re.MULTILINE)


def verbs(group: TyperGroup, before: Words = ()) -> Iterator[Words]:
    for name, command in group.commands.items():
        path = (*before, name)
        yield from verbs(command, path) if isinstance(command, TyperGroup) else [path]


def command() -> TyperGroup:
    found = get_command(app)
    assert isinstance(found, TyperGroup)
    return found


def runs() -> Iterator[Words]:
    """The words of each command that is run, up to the first that is not written there."""
    for folder, runners in RUNNERS.items():
        for module in folder.glob("*.py"):
            yield from runs_in(ast.parse(module.read_text()), runners)
    for page in PAGES:
        yield from runs_shown(page.read_text())
    (recipe,) = re.findall(r"^test: .*\n((?:\t.*\n)+)", MAKEFILE.read_text(), re.MULTILINE)
    yield from runs_shown(recipe)


def runs_in(module: ast.Module, runners: dict[str, Words]) -> Iterator[Words]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (name := name_of(node.func)) in runners:
            yield (*runners[name], *texts(node.args))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            yield from runs_shown(node.value)


def runs_shown(text: str) -> Iterator[Words]:
    for found in A_COMMAND.findall(text):
        yield tuple(found.split())


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def texts(arguments: list[ast.expr]) -> Words:
    """Texts among the arguments; those of a tuple that stands first, if one does."""
    first = arguments[0] if arguments else None
    written = first.elts if isinstance(first, ast.Tuple) else arguments
    return tuple(each.value for each in written if isinstance(each, ast.Constant) and isinstance(each.value, str))


RUNS = tuple(runs())


@pytest.mark.parametrize("verb", list(verbs(command())), ids=" ".join)
def test_a_verb_is_run(verb: Words) -> None:
    assert any(run[: len(verb)] == verb for run in RUNS)


def test_what_is_run_is_told_from_what_is_written_about() -> None:
    text = '''
"""Text on `telecom up`."""
telecom(node, "pause", "demo")
demo.answer("run", "nightly")
run_telecom(("clean", "--yes"), state)
"telecom logs daemon"
other("down")
'''
    found = set(runs_in(ast.parse(text), {"telecom": ("kube",), "answer": (), "run_telecom": ()}))
    assert found == {("kube", "pause", "demo"), ("run", "nightly"), ("clean", "--yes"), ("logs", "daemon")}
