"""`telecom lineage`: where the numbers of a table come from."""

from dataclasses import asdict
from typing import Annotated

import typer

from telecom.catalogue.lineage import lineage as trace_table
from telecom.catalogue.lineage_tree import render_tree
from telecom.cli.options import DEFAULT_STATE, OutputOption, StateOption, started_state
from telecom.terminal.console import Output, answers, print_json


def lineage(
    table: Annotated[str, typer.Argument(help="A table, for example gold.fact_calls.")],
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Trace a table back to topics, producers and source tables. Nothing has to run for it."""
    node = trace_table(started_state(state), table)
    if output is Output.JSON:
        print_json(asdict(node))
        return
    for line in render_tree(node):
        answers.print(line)
