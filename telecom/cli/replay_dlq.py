"""`telecom replay-dlq`: put dead letters back on their topic after a fix."""

from typing import Annotated

import typer

from telecom.batch.replay_dlq import replay_dlq as replay_dlq_of
from telecom.batch.sink_tools import find_sink
from telecom.cli.options import (
    DEFAULT_STATE,
    SINK_NAMESPACE,
    SINK_PIPELINE,
    SinkNamespaceOption,
    SinkPipelineOption,
    StateOption,
    started_state,
)
from telecom.terminal.console import notices


def replay_dlq(
    topic: Annotated[str, typer.Option(help="Topic whose dead letters are replayed, for example call_events.")],
    pipeline: SinkPipelineOption = SINK_PIPELINE,
    namespace: SinkNamespaceOption = SINK_NAMESPACE,
    reason: Annotated[str | None, typer.Option(help="Replay only dead letters of this reason.")] = None,
    fix: Annotated[str, typer.Option(help="How to change each value: as-is, trim, or MODULE:FUNCTION.")] = "as-is",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the dead letters; change nothing.")] = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Put dead letters back on their topic, each one once over all runs.

    What fails once more becomes a dead letter once more.
    """
    sink = find_sink(started_state(state), namespace, pipeline)
    replay_dlq_of(sink, topic, reason, fix, dry_run)
    if dry_run:
        notices.print("Nothing was changed; without --dry-run the records counted above go back on their topic.")
        return
    notices.print("Done; the sink takes replayed records like any others.")
