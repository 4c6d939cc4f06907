"""`telecom status`: one table of everything that runs here."""

import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table

from local.state.paths import StateDirectory
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.pipelines.components import Component, components
from telecom.terminal.console import Output, answers, print_json
from telecom.terminal.plain_table import plain_table

WATCH_SECONDS = 1.0
GOOD_STATES = {"Ready", "Running", "Completed"}


def status(
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on until interrupted.")] = False,
) -> None:
    """Show components with state, freshness, rows, lag, endpoint and the reason where something is wrong."""
    directory = open_state(state)
    if output is Output.JSON:
        print_json([asdict(component) for component in components(directory)])
    elif watch:
        _watch(directory)
    else:
        print_status(directory)


def print_status(state: StateDirectory) -> None:
    """Print the table once."""
    answers.print(status_table(components(state)))


def _watch(state: StateDirectory) -> None:
    with Live(status_table(components(state)), console=answers, auto_refresh=False) as live:
        while True:
            time.sleep(WATCH_SECONDS)
            live.update(status_table(components(state)), refresh=True)


def status_table(lines: list[Component]) -> Table:
    """A line per component."""
    table = plain_table()
    for heading in ("COMPONENT", "STATE"):
        table.add_column(heading, no_wrap=True)
    for heading in ("FRESHNESS", "ROWS", "LAG"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ENDPOINT", no_wrap=True)
    table.add_column("REASON")
    for line in lines:
        style = "green" if line.state in GOOD_STATES else "yellow"
        table.add_row(
            line.component,
            f"[{style}]{line.state}[/{style}]",
            _seconds(line.freshness_seconds),
            _number(line.rows),
            _number(line.lag),
            line.endpoint,
            line.reason,
        )
    return table


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
