"""`telecom doctor`: what this machine lacks, and how to install it."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from telecom.doctor import Finding, Severity, examine
from telecom.terminal.console import Output, answers, print_json

STYLES = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.FATAL: "red"}


def doctor(
    output: Annotated[Output, typer.Option("--output", "-o", help="Form of the answer.")] = Output.TABLE,
) -> None:
    """Check that this machine has what is needed. Exit code 1 when something is missing."""
    findings = examine()
    if output is Output.JSON:
        print_json([asdict(finding) for finding in findings])
    else:
        answers.print(_table(findings))
    if any(finding.severity is Severity.FATAL for finding in findings):
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("CHECK", "STATE", "FOUND", "WHAT TO DO"):
        table.add_column(column)
    for finding in findings:
        style = STYLES[finding.severity]
        table.add_row(finding.subject, f"[{style}]{finding.severity}[/{style}]", finding.found, finding.advice)
    return table
