"""The form of every table that is printed."""

from rich.table import Table


def plain_table(*headings: str) -> Table:
    """A table without lines; figures get their columns by `add_column(…, justify="right")`."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table
