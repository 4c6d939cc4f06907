"""`telecom alerts`: what fraud detection found."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from telecom.audit.alerts import detecting_pipeline, read_alerts
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.terminal.console import Output, answers, print_json
from telecom.terminal.plain_table import plain_table

HEADINGS = ("TIME", "RULE", "SEVERITY", "MSISDN", "SCORE", "FOUND AFTER", "EVIDENCE", "ALERT")
# Wide enough for every value, so that lines that come later stand below those before.
LINE = "{:<19}  {:<17}  {:<8}  {:<15}  {:>6}  {:>11}  {:>8}  {}"


def alerts(
    pipeline: Annotated[str | None, typer.Argument(help="Name of the pipeline; not needed where there is one.")] = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with those to come.")] = False,
) -> None:
    """Show the fraud alerts that Kafka keeps, in order of the events' time; with --follow as they come."""
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    found = read_alerts(store, detecting_pipeline(store, pipeline), directory.run, follow)
    if follow:
        _print_as_they_come(found, output)
        return
    in_order = sorted(found, key=lambda alert: (alert.event_time_ms, alert.event_id))
    if output is Output.JSON:
        print_json([alert.model_dump(mode="json", exclude_none=True) for alert in in_order])
    else:
        answers.print(alerts_table(in_order))


def alerts_table(found: list[FraudAlert]) -> Table:
    """A line per alert."""
    table = plain_table()
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("SCORE", "FOUND AFTER") else "left")
    for alert in found:
        table.add_row(*cells(alert))
    return table


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


def _print_as_they_come(found: Iterable[FraudAlert], output: Output) -> None:
    if output is Output.TABLE:
        answers.out(LINE.format(*HEADINGS))
    for alert in found:
        if output is Output.JSON:
            answers.out(json.dumps(alert.model_dump(mode="json", exclude_none=True)))
        else:
            answers.out(LINE.format(*cells(alert)))
