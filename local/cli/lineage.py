"""`telecom lineage`: where a table's numbers come from."""

from dataclasses import asdict
from typing import Annotated

import typer

from jobs.publication.lineage import render_tree
from local.cli.console import Output, answers, print_json
from local.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from local.table_lineage import lineage as trace_table


def lineage(
    table: Annotated[str, typer.Argument(help="A table, for example gold.fact_calls.")],
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Trace a table back to topics, producers and source tables. Nothing has to run for it."""
    node = trace_table(open_state(state), table)
    if output is Output.JSON:
        print_json(asdict(node))
        return
    for line in render_tree(node):
        answers.print(line, markup=False)
