"""`telecom alerts`: what fraud detection found."""

import json
from collections.abc import Iterable
from typing import Annotated

import typer

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from telecom.audit.alert_table import alert_lines, alert_table
from telecom.audit.alerts import by_event_time, read_alerts
from telecom.cli.options import DEFAULT_STATE, OutputOption, StateOption, started_state
from telecom.pipelines.local_pipeline import detecting_pipeline
from telecom.terminal.console import Output, answers, print_json


def alerts(
    pipeline: Annotated[
        str | None, typer.Argument(help="Name of the pipeline; needed only where there are several.")
    ] = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Continue with new alerts until interrupted.")] = False,
) -> None:
    """Show the fraud alerts that Kafka keeps, in the order of event times; with --follow, as they arrive."""
    directory = started_state(state)
    store = SqliteCluster(directory.store)
    found = read_alerts(store, detecting_pipeline(store, pipeline, "show alerts"), directory.run, follow)
    if follow:
        for line in map(_as_json, found) if output is Output.JSON else alert_lines(found):
            answers.out(line)
    else:
        _print_all(by_event_time(found), output)


def _print_all(found: Iterable[FraudAlert], output: Output) -> None:
    if output is Output.JSON:
        print_json([_document(alert) for alert in found])
    else:
        answers.print(alert_table(found))


def _as_json(alert: FraudAlert) -> str:
    return json.dumps(_document(alert))


def _document(alert: FraudAlert) -> dict[str, object]:
    return alert.model_dump(mode="json", exclude_none=True)
