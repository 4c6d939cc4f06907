"""The form of every table that is printed."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table

# Wider than any table; rich measures within a limit.
_NO_LIMIT = 100_000


class WholeTable(Table):
    """A table that is never narrowed: a narrow terminal wraps its lines, and every cell can still be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lines of the table at the width that its cells take."""
        natural = Measurement.get(console, options.update(max_width=_NO_LIMIT), self).maximum
        yield from super().__rich_console__(console, options.update(max_width=max(natural, options.max_width)))


def plain_table(*headings: str) -> Table:
    """A table without lines; a column of figures is added with `add_column(…, justify="right")`."""
    table = WholeTable(box=None, pad_edge=False, header_style="bold")
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
