"""`telecom replay-dlq`: put dead letters back on their topic after a fix."""

import json
import subprocess
import sys
from typing import Annotated

import typer

from contracts.settings import SinkSettings
from local.cli.console import notices
from local.cli.state_option import DEFAULT_STATE, StateOption, open_state
from local.errors import LocalError
from local.files import write_atomically
from local.kafka_identity import kafka_identity
from local.machine import base_environment
from local.paths import StateDirectory
from local.store import SqliteCluster
from operators.telecom_pipeline import names
from operators.telecom_pipeline.manifest import Ref
from operators.telecom_pipeline.render.settings_file import SETTINGS_FILE_NAME

REPLAY_SECONDS = 3600


class ReplayFailedError(LocalError):
    """There is no sink whose dead letters could be replayed, or the replay did not come to its end."""


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
    cluster = SqliteCluster(directory.store)
    identity = kafka_identity(cluster, namespace, pipeline, names.DLQ_REPLAYER, directory.run)
    settings = _sink_settings(cluster, namespace, pipeline)
    file = directory.run / f"{pipeline}-replay-dlq.json"
    write_atomically(file, settings.model_copy(update={"kafka": identity.connection}).model_dump_json())
    options = ["--settings", str(file), "--topic", topic, "--fix", fix]
    options += ["--reason", reason] if reason else []
    options += ["--dry-run"] if dry_run else []
    _run(options, identity.credentials, directory)


def _sink_settings(cluster: SqliteCluster, namespace: str, pipeline: str) -> SinkSettings:
    name = names.component(pipeline, names.KAFKA_TO_BRONZE)
    found = cluster.get(Ref(names.CONFIG_MAP, namespace, name))
    if found is None:
        why = f"pipeline {namespace}/{pipeline} has no sink here"
        raise ReplayFailedError("replay dead letters", why, "telecom status")
    return SinkSettings.model_validate(json.loads(found["data"][SETTINGS_FILE_NAME]))


def _run(options: list[str], credentials: dict[str, str], state: StateDirectory) -> None:
    command = [sys.executable, "-m", "jobs.kafka_to_bronze.replay_dlq", *options]
    done = subprocess.run(command, env=base_environment() | credentials, timeout=REPLAY_SECONDS, check=False)
    if done.returncode:
        raise ReplayFailedError("replay dead letters", "see the lines above", f"telecom status --state {state.root}")
    notices.print("Done; the sink takes replayed records like any others.")
