"""`telecom replay-dlq`: put dead letters back on their topic after a fix."""

from typing import Annotated

import typer

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from telecom.access.kafka_identity import kafka_identity
from telecom.batch.sink_tools import run_sink_tool, sink_settings
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.terminal.console import notices


def replay_dlq(
    topic: Annotated[str, typer.Option(help="Topic whose dead letters are replayed, for example call_events.")],
    pipeline: Annotated[str, typer.Option(help="Name of the pipeline.")] = "demo",
    namespace: Annotated[str, typer.Option(help="Its namespace.")] = "telecom",
    reason: Annotated[str | None, typer.Option(help="Only dead letters of this reason.")] = None,
    fix: Annotated[str, typer.Option(help="as-is, trim, or MODULE:FUNCTION.")] = "as-is",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, change nothing.")] = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Put dead letters back on their topic, each one once over all runs. What fails again comes back."""
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    settings = sink_settings(store, namespace, pipeline)
    identity = kafka_identity(store, namespace, pipeline, names.DLQ_REPLAYER, directory.run)
    options = ["--topic", topic, "--fix", fix]
    options += ["--reason", reason] if reason else []
    options += ["--dry-run"] if dry_run else []
    run_sink_tool("replay_dlq", options, settings, identity, directory)
    if dry_run:
        notices.print("Nothing was changed; without --dry-run the records counted above go back on their topic.")
        return
    notices.print("Done; the sink takes replayed records like any others.")
