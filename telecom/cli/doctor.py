"""`telecom doctor`: what this machine lacks, and how to install it."""

from typing import Annotated

import typer

from telecom.doctor import examine
from telecom.doctor.report import as_json, as_table, is_ready
from telecom.terminal.console import Output, answers


def doctor(
    output: Annotated[Output, typer.Option("--output", "-o", help="Form of the answer.")] = Output.TABLE,
) -> None:
    """Check that this machine has what is needed. Exit code 1 when something is missing."""
    findings = examine()
    if output is Output.JSON:
        answers.out(as_json(findings))
    else:
        answers.out(as_table(findings, in_colour=answers.is_terminal))
    if not is_ready(findings):
        raise typer.Exit(1)
