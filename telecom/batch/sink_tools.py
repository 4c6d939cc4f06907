"""Runs a tool of the sink with the settings that the sink has, as the Kafka user and with the rights that it needs."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

from contracts.settings import SinkSettings
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.state.files import write_atomically
from local.state.paths import StateDirectory
from local.supervisor.machine import base_environment
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.render.settings_file import SETTINGS_FILE_NAME
from telecom.access.kafka_identity import KafkaIdentity

TOOL_SECONDS = 3600


class SinkToolError(LocalError):
    """There is no sink here, or the tool did not come to its end."""


def sink_settings(store: SqliteCluster, namespace: str, pipeline: str) -> SinkSettings:
    """What the sink of a pipeline was given. Raises `SinkToolError`."""
    found = store.get(Ref(names.CONFIG_MAP, namespace, names.component(pipeline, names.KAFKA_TO_BRONZE)))
    if found is None:
        raise SinkToolError("find the sink", f"pipeline {namespace}/{pipeline} has no sink here", "telecom status")
    return SinkSettings.model_validate(json.loads(found["data"][SETTINGS_FILE_NAME]))


def run_sink_tool(
    tool: str,
    options: Sequence[str],
    settings: SinkSettings,
    identity: KafkaIdentity,
    state: StateDirectory,
    credentials: Mapping[str, str] | None = None,
) -> None:
    """Run `jobs.kafka_to_bronze.tools.<tool>` as `identity`, its output on ours. Raises `SinkToolError`."""
    file = state.run / f"{settings.consumer_group}-{tool}.json"
    write_atomically(file, settings.model_copy(update={"kafka": identity.connection}).model_dump_json())
    command = [sys.executable, "-m", f"jobs.kafka_to_bronze.tools.{tool}", "--settings", str(file), *options]
    environment = base_environment() | dict(credentials or {}) | identity.credentials
    done = subprocess.run(command, env=environment, timeout=TOOL_SECONDS, check=False)
    if done.returncode:
        verb = tool.replace("_", "-")
        raise SinkToolError(f"run {verb}", "see the lines above", f"telecom status --state {state.root}")
