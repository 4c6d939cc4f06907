"""Where the command writes: answers to standard output, progress and errors to standard error."""

import json
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.text import Text

# A file or a pipe has no width, so we pick one at which no table is cut.
WIDTH_WITHOUT_TERMINAL = 240


def _console(stderr: bool) -> Console:
    """A console that prints text as it is: what looks like markup in an error or a row is part of it."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


answers = _console(stderr=False)
notices = _console(stderr=True)


class Output(StrEnum):
    """Form of an answer: for a person or for a program."""

    TABLE = "table"
    JSON = "json"


def print_json(document: Any) -> None:
    """Write a document for another program: it is neither wrapped nor coloured."""
    answers.out(json.dumps(document, indent=2, default=str))


def print_heading(console: Console, text: str) -> None:
    """Start a part of the output."""
    console.print(f"\n{text}", style="bold")


def tell(line: str) -> None:
    """Print a line of progress."""
    notices.print(line)


def tell_error(error: Exception) -> None:
    """Print why a command cannot go on, in the error's own words."""
    notices.print(Text.assemble(("error:", "red"), f" {error}"))
