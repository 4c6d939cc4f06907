"""Runs a tool of the sink with the settings of the sink, but as a Kafka user that has the rights for it."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.settings import SinkSettings
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.state.files import write_atomically
from local.state.paths import StateDirectory
from local.supervisor.machine import base_environment
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.render.settings_file import SETTINGS_FILE_NAME
from telecom.access.kafka_login import KafkaLogin, kafka_login

TOOL_SECONDS = 3600


class SinkToolError(LocalError):
    """There is no sink here, or the tool failed."""


@dataclass(frozen=True)
class Sink:
    """The sink of a pipeline on this machine, with the settings that it was given."""

    state: StateDirectory
    store: SqliteCluster
    namespace: str
    pipeline: str
    settings: SinkSettings

    def kafka_login(self, component: str) -> KafkaLogin:
        """How a component of the pipeline reaches Kafka. Raises `KafkaLoginError`."""
        return kafka_login(self.store, self.namespace, self.pipeline, component, self.state.run)


def find_sink(state: StateDirectory, namespace: str, pipeline: str) -> Sink:
    """The sink of a pipeline. Raises `SinkToolError` if it has none here."""
    store = SqliteCluster(state.store)
    found = store.get(Ref(names.CONFIG_MAP, namespace, names.component(pipeline, names.KAFKA_TO_BRONZE)))
    if found is None:
        raise SinkToolError(
            "find the sink", f"pipeline {namespace}/{pipeline} has no sink here", state.command("status")
        )
    settings = SinkSettings.model_validate(json.loads(found["data"][SETTINGS_FILE_NAME]))
    return Sink(state, store, namespace, pipeline, settings)


def run_sink_tool(
    sink: Sink, tool: str, options: Sequence[str], login: KafkaLogin, credentials: Mapping[str, str] | None = None
) -> None:
    """Run `jobs.kafka_to_bronze.tools.<tool>` with `login`; it writes to our output. Raises `SinkToolError`."""
    file = sink.state.run / f"{sink.settings.consumer_group}-{tool}.json"
    write_atomically(file, sink.settings.model_copy(update={"kafka": login.connection}).model_dump_json())
    command = [sys.executable, "-m", f"jobs.kafka_to_bronze.tools.{tool}", "--settings", str(file), *options]
    environment = base_environment() | dict(credentials or {}) | login.credentials
    done = subprocess.run(command, env=environment, timeout=TOOL_SECONDS, check=False)
    if done.returncode:
        verb = tool.replace("_", "-")
        raise SinkToolError(f"run {verb}", "see the lines above", sink.state.command("status"))
