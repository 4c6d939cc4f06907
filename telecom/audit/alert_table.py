"""Alerts for people: as a table, or line by line as they arrive."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from rich.table import Table

from contracts.events import FraudAlert
from telecom.terminal.plain_table import plain_table

HEADINGS = ("TIME", "RULE", "SEVERITY", "MSISDN", "SCORE", "FOUND AFTER", "EVIDENCE", "ALERT")
# Columns are wide enough for every value, so that lines which come later are aligned with those before.
LINE = "{:<19}  {:<17}  {:<8}  {:<15}  {:>6}  {:>11}  {:>8}  {}"


def alert_table(found: Iterable[FraudAlert]) -> Table:
    """One line for each alert."""
    table = plain_table()
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("SCORE", "FOUND AFTER") else "left")
    for alert in found:
        table.add_row(*cells(alert))
    return table


def alert_lines(found: Iterable[FraudAlert]) -> Iterator[str]:
    """The headings, then a line for each alert as soon as it arrives."""
    yield LINE.format(*HEADINGS)
    for alert in found:
        yield LINE.format(*cells(alert))


def cells(alert: FraudAlert) -> tuple[str, ...]:
    """What people see of an alert, in the order of the headings."""
    return (
        datetime.fromtimestamp(alert.event_time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        alert.rule.value,
        alert.severity.value,
        alert.msisdn,
        f"{alert.score:.1f}",
        f"{max(0, alert.detection_time_ms - alert.event_time_ms) / 1000:.1f} s",
        str(len(alert.evidence_event_ids)),
        alert.event_id,
    )
