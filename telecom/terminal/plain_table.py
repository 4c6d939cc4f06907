"""The form of every table that is printed."""

from collections.abc import Sequence

from rich.table import Table


def plain_table(*headings: str) -> Table:
    """A table without lines; a column of figures is added with `add_column(…, justify="right")`."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table


def rows_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Rows of an answer; columns of numbers are aligned to the right."""
    table = plain_table()
    first = rows[0] if rows else [""] * len(columns)
    for column, value in zip(columns, first, strict=True):
        table.add_column(column, justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
