"""`telecom logs`: what a component wrote."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from local.errors import LocalError
from local.state.paths import StateDirectory
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.terminal.console import answers

POLL_SECONDS = 0.3
BYTES_PER_LINE = 400


class NoSuchLogError(LocalError):
    """No component of that name ever ran here."""


def logs(
    component: Annotated[str, typer.Argument(help="A component of `telecom status`, or the start of its name.")],
    state: StateOption = DEFAULT_STATE,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="Lines from the end.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
) -> None:
    """Print the end of a component's log."""
    files = log_files(open_state(state), component)
    for file in files:
        if len(files) > 1:
            answers.out(f"==> {file.stem} <==")
        answers.out("\n".join(last_lines(file, lines)))
    if follow:
        for text in _new_text(files[-1]):
            answers.out(text, end="")


def log_files(state: StateDirectory, component: str) -> list[Path]:
    """Logs of the component, or of all whose names start like it. Raises `NoSuchLogError` that lists what there is."""
    files = sorted(state.logs.glob("*.log"))
    exact = [file for file in files if file.stem == component]
    matching = exact or [file for file in files if component in file.stem]
    if not matching:
        known = ", ".join(file.stem for file in files) or "nothing"
        raise NoSuchLogError(f"show the log of {component}", f"it never ran here; there are: {known}", "telecom status")
    return matching


def last_lines(file: Path, count: int) -> list[str]:
    """Last lines of a file that may be large: only its end is read."""
    with file.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - count * BYTES_PER_LINE))
        return log.read().decode(errors="replace").splitlines()[-count:] if count else []


def _new_text(file: Path) -> Iterator[str]:
    """Text as it is written, for as long as the caller asks."""
    with file.open(errors="replace") as log:
        log.seek(0, os.SEEK_END)
        while True:
            if text := log.read():
                yield text
            else:
                time.sleep(POLL_SECONDS)
