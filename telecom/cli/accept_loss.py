"""`telecom accept-loss`: let a sink go on that stopped because Kafka lost records or was rebuilt."""

from typing import Annotated

import typer

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from telecom.access.kafka_identity import kafka_identity
from telecom.access.lake_access import storage_access
from telecom.batch.sink_tools import run_sink_tool, sink_settings
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.terminal.console import notices

QUESTION = "Give up for good what Kafka no longer has? The table will say that it was accepted"


def accept_loss(
    topic: Annotated[str, typer.Option(help="Topic whose table shall go on, for example call_events.")],
    pipeline: Annotated[str, typer.Option(help="Name of the pipeline.")] = "demo",
    namespace: Annotated[str, typer.Option(help="Its namespace.")] = "telecom",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be given up, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Accept that records are gone, or that a rebuilt topic starts over, so that the sink can go on."""
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    settings = sink_settings(store, namespace, pipeline)
    identity = kafka_identity(store, namespace, pipeline, names.KAFKA_TO_BRONZE, directory.run)
    credentials = storage_access(store, namespace, pipeline)
    if not (dry_run or yes):
        typer.confirm(QUESTION, abort=True, err=True)
    options = ["--topic", topic, *(["--dry-run"] if dry_run else [])]
    run_sink_tool("accept_loss", options, settings, identity, directory, credentials)
    if dry_run:
        notices.print("Nothing was changed; without --dry-run the table goes on as the line above says.")
        return
    notices.print("Done; a sink that had stopped goes on with its next start.")
