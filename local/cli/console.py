"""Where the CLI writes: answers to standard output, progress and errors to standard error."""

import json
from enum import StrEnum
from typing import Any

from rich.console import Console

answers = Console(highlight=False, soft_wrap=True)
notices = Console(stderr=True, highlight=False, soft_wrap=True)


class Output(StrEnum):
    """Form of an answer: for a person or for a program."""

    TABLE = "table"
    JSON = "json"


def print_json(document: Any) -> None:
    """Write a document that another program reads: never wrapped, never coloured."""
    answers.out(json.dumps(document, indent=2, default=str))
