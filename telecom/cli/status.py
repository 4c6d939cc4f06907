"""`telecom status`: one table of everything that runs here."""

import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.live import Live

from local.state.paths import StateDirectory
from telecom.cli.options import DEFAULT_STATE, OutputOption, StateOption, existing_state, no_cluster
from telecom.pipelines.status import components
from telecom.pipelines.status_table import status_table
from telecom.terminal.console import Output, answers, notices, print_json

WATCH_SECONDS = 1.0


def status(
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Update the table until interrupted.")] = False,
) -> None:
    """Show each component with its state, freshness, rows, lag and endpoint, and the reason if something is wrong."""
    if (directory := existing_state(state)) is None:
        notices.print(no_cluster(state))
        if output is Output.JSON:
            print_json([])
    elif output is Output.JSON:
        print_json([asdict(component) for component in components(directory)])
    elif watch:
        _watch(directory)
    else:
        answers.print(status_table(components(directory)))


def _watch(state: StateDirectory) -> None:
    with Live(status_table(components(state)), console=answers, auto_refresh=False) as live:
        while True:
            time.sleep(WATCH_SECONDS)
            live.update(status_table(components(state)), refresh=True)
