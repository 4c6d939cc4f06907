"""`telecom query`: ask the lake in SQL."""

from typing import Annotated

import typer
from rich.table import Table

from local.services.trino import Trino
from local.supervisor.ports import PortBook
from telecom.access.lake_query import Answer, QueryError, ask
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.terminal.console import Output, answers, print_json
from telecom.terminal.plain_table import plain_table


def query(
    sql: Annotated[str, typer.Argument(help="One statement, for example 'SELECT count(*) FROM bronze.call_events'.")],
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run one SQL statement on Trino and print its rows."""
    answer = ask(trino_port(PortBook(open_state(state).run)), sql)
    if output is Output.JSON:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        answers.print(rows_table(answer))


def trino_port(ports: PortBook) -> int:
    """Port on which Trino listens. Raises `QueryError` before its first start."""
    port = ports.all().get(Trino.name)
    if port is None:
        raise QueryError("find Trino", "it was never started here", "telecom up")
    return port


def rows_table(answer: Answer) -> Table:
    """Rows for a person: numbers to the right."""
    table = plain_table()
    first = answer.rows[0] if answer.rows else [""] * len(answer.columns)
    for column, value in zip(answer.columns, first, strict=True):
        table.add_column(column, justify="left" if isinstance(value, str) else "right")
    for row in answer.rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
