"""An error that has a name of ours and words for its reader ends a job in one line, not in a stack trace."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MET_ELSEWHERE = {
    # A mistake of ours, which a stack trace helps to find.
    "UnknownTableError",
    # `telecom publish-rollback` shares a module with the nightly run.
    "NothingToRollBackToError",
}


@cache
def tree_of(module: str) -> ast.Module | None:
    file = ROOT.joinpath(*module.split("."))
    found = next((each for each in (file.with_suffix(".py"), file / "__init__.py") if each.is_file()), None)
    return ast.parse(found.read_text()) if found else None


def imported(module: str) -> Iterator[str]:
    """Modules of jobs that the module imports."""
    tree = tree_of(module)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("jobs."):
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def reached(module: str) -> set[str]:
    """The module and all modules of jobs behind it."""
    known, waiting = set[str](), [module]
    while waiting:
        if (found := waiting.pop()) not in known and tree_of(found):
            known.add(found)
            waiting += imported(found)
    return known


def thrown_in(tree: ast.AST) -> dict[ast.Name, str]:
    """Where errors are raised with words of their own."""
    raises = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise))
    names = (error.func for error in raises if isinstance(error, ast.Call))
    return {name: name.id for name in names if isinstance(name, ast.Name)}


def unhandled(modules: set[str]) -> set[str]:
    """Errors of jobs that the modules raise, and that none of them names to catch, to retry or to tell."""
    trees = [tree for module in modules if (tree := tree_of(module))]
    thrown = {name: text for tree in trees for name, text in thrown_in(tree).items()}
    nodes = [node for tree in trees for node in ast.walk(tree)]
    kinds = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for node in nodes
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }
    bases = {id(base) for node in nodes if isinstance(node, ast.ClassDef) for base in node.bases}
    handled = {node.id for node in nodes if isinstance(node, ast.Name) and node not in thrown and id(node) not in bases}
    return {name for name in kinds.keys() & set(thrown.values()) if not {name, *kinds[name]} & handled}


@pytest.mark.parametrize("main", sorted(ROOT.glob("jobs/*/__main__.py")), ids=lambda main: main.parent.name)
def test_every_error_that_a_job_may_end_with_is_named(main: Path) -> None:
    modules = reached(f"jobs.{main.parent.name}.__main__")
    assert len(modules) > 1
    assert unhandled(modules) <= MET_ELSEWHERE
