"""`telecom accept-loss`: let a sink go on that stopped because Kafka lost records or was rebuilt."""

from typing import Annotated

import typer

from telecom.batch.accept_loss import accept_loss as accept_loss_of
from telecom.batch.sink_tools import find_sink
from telecom.cli.options import (
    DEFAULT_STATE,
    SINK_NAMESPACE,
    SINK_PIPELINE,
    SinkNamespaceOption,
    SinkPipelineOption,
    StateOption,
    YesOption,
    started_state,
)
from telecom.terminal.console import notices

QUESTION = "Give up for good what Kafka no longer has? The table will record that this was accepted"


def accept_loss(
    topic: Annotated[str, typer.Option(help="Topic whose table is to go on, for example call_events.")],
    pipeline: SinkPipelineOption = SINK_PIPELINE,
    namespace: SinkNamespaceOption = SINK_NAMESPACE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be given up; change nothing.")] = False,
    yes: YesOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Accept that records are gone, or that a rebuilt topic starts over, so that the sink can go on."""
    sink = find_sink(started_state(state), namespace, pipeline)
    if not (dry_run or yes):
        typer.confirm(QUESTION, abort=True, err=True)
    accept_loss_of(sink, topic, dry_run)
    if dry_run:
        notices.print("Nothing was changed; without --dry-run the table goes on as the line above says.")
        return
    notices.print("Done; a sink that has stopped goes on when it is started again.")
