"""docs/reference/cli.md describes the command as it is: every verb, every argument, every option."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from telecom.cli import reference as generator
from telecom.cli.main import app

PAGE = Path("docs/reference/cli.md")


def contexts(group: typer.Context) -> Iterator[typer.Context]:
    """Every verb and group of the command, however deep."""
    assert isinstance(group.command, TyperGroup)
    for name, command in group.command.commands.items():
        context = typer.Context(command, parent=group, info_name=name)
        yield context
        if isinstance(command, TyperGroup):
            yield from contexts(context)


VERBS = tuple(contexts(typer.Context(typer.main.get_command(app), info_name="telecom")))


def path_of(context: typer.Context) -> str:
    return context.command_path


def section_of(context: typer.Context) -> str:
    _, _, rest = PAGE.read_text().partition(f"\n## `{context.command_path}`\n")
    return rest.partition("\n## ")[0]


def test_the_groups_are_walked_too() -> None:
    paths = {context.command_path for context in VERBS}
    assert {"telecom demo", "telecom run", "telecom run nightly", "telecom kube", "telecom kube rollback"} <= paths
    assert len(paths) == len(VERBS) > 25


@pytest.mark.parametrize("context", VERBS, ids=path_of)
def test_every_verb_says_what_it_does(context: typer.Context) -> None:
    assert context.command.help
    assert context.command.help.split("\n\n")[0] in section_of(context)


@pytest.mark.parametrize("context", VERBS, ids=path_of)
def test_every_argument_and_option_is_explained(context: typer.Context) -> None:
    rows = re.findall(r"^\| `(.*?)` \| (.*) \| .*\|$", section_of(context), re.MULTILINE)
    for parameter in context.command.get_params(context):
        assert parameter.help, f"{context.command_path}: {parameter.name} has no help"
        if parameter.name != "help":
            (form,) = [form for form, meaning in rows if meaning == parameter.help and parameter.opts[0] in form]
            assert all(name in form for name in parameter.opts)


def test_defaults_and_environment_variables_are_shown() -> None:
    rows = re.findall(r"^\| `--state <path>` .*$", PAGE.read_text(), re.MULTILINE)
    assert len(set(rows)) == 1
    assert rows[0].endswith("| env var: TELECOM_STATE; default: .telecom |")


def test_exit_codes_of_a_verb_stand_with_it() -> None:
    by_path = {context.command_path: section_of(context) for context in VERBS}
    assert "Exit code 3" in by_path["telecom run nightly"]
    assert "Exit code 4" in by_path["telecom erase"]


def test_the_page_depends_on_no_terminal_and_no_environment() -> None:
    environment = {"PATH": "", "COLUMNS": "20", "FORCE_COLOR": "1", "TELECOM_STATE": "/elsewhere"}
    command = [sys.executable, "-m", "telecom.cli.reference", "--check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_page_that_lags_behind_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generator, "REPOSITORY", tmp_path)
    (tmp_path / generator.FILE).parent.mkdir(parents=True)
    assert generator.main(["--check"]) == 1
    assert "make gen" in capsys.readouterr().err
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    page = tmp_path / generator.FILE
    page.write_text(page.read_text().replace("telecom erase", "telecom forget"))
    assert generator.main(["--check"]) == 1


def test_the_version_and_a_short_help_are_answered() -> None:
    command = [sys.executable, "-c", "from telecom.cli.main import run; run()"]
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    assert said == f"{version('telecom-lakehouse')}\n"
    assert "Usage" in subprocess.run([*command, "status", "-h"], capture_output=True, text=True, check=True).stdout
