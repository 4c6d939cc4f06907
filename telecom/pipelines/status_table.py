"""The components of a cluster as a table for people."""

from rich.table import Table
from rich.text import Text

from telecom.pipelines.status import Component
from telecom.terminal.plain_table import plain_table

GOOD_STATES = {"Ready", "Running", "Completed"}


def status_table(components: list[Component]) -> Table:
    """One line for each component."""
    table = plain_table()
    for heading in ("COMPONENT", "STATE"):
        table.add_column(heading, no_wrap=True)
    for heading in ("FRESHNESS", "ROWS", "LAG"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ENDPOINT", no_wrap=True)
    table.add_column("REASON")
    for component in components:
        table.add_row(*_cells(component))
    return table


def _cells(component: Component) -> tuple[str | Text, ...]:
    return (
        component.component,
        Text(component.state, "green" if component.state in GOOD_STATES else "yellow"),
        _seconds(component.freshness_seconds),
        _number(component.rows),
        _number(component.lag),
        component.endpoint,
        component.reason,
    )


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
