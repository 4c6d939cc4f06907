"""`telecom query`: ask the lake in SQL."""

from typing import Annotated

import typer

from local.services.trino_logins import TrinoUser
from telecom.access.query import trino_of
from telecom.cli.options import DEFAULT_STATE, OutputOption, StateOption, started_state
from telecom.terminal.console import Output, answers, print_json
from telecom.terminal.plain_table import rows_table


def query(
    sql: Annotated[str, typer.Argument(help="One statement, for example 'SELECT count(*) FROM published.fact_calls'.")],
    user: Annotated[
        TrinoUser,
        typer.Option(help="Who asks: an analyst reads `published`, a steward silver and audit too, the jobs' own all."),
    ] = TrinoUser.ANALYST,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run one SQL statement on Trino and print its rows."""
    answer = trino_of(started_state(state), user)(sql)
    if output is Output.JSON:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        answers.print(rows_table(answer.columns, answer.rows))
