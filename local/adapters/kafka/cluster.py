"""Kafka and KafkaNodePool: Apache Kafka in KRaft mode, one process per node, configured from the resources."""

import hashlib
import shlex
import shutil
from collections.abc import Sequence
from typing import Any

from local.adapters.adapter import ManifestError, Outcome, Status, Surroundings
from local.adapters.conditions import condition
from local.adapters.kafka.folder import KafkaFolder
from local.adapters.kafka.nodes import (
    CONTROL_PLANE,
    INTERNAL_LISTENERS,
    Node,
    assign_node_ids,
    client_listener,
    plan_nodes,
)
from local.adapters.kafka.properties import NodeFiles, as_text, server_properties
from local.adapters.ownership import owned_secret
from local.artefacts.java import system_java
from local.artefacts.kafka import kafka_jars
from local.artefacts.versions import versions
from local.state.certificates import ensure_certificates
from local.state.files import write_atomically
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine, base_environment
from local.supervisor.record import Phase
from local.supervisor.spec import ProcessSpec, StopRank, TcpProbe
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.objects.upstream import STRIMZI_CA_KEY, STRIMZI_CLUSTER_LABEL

DEFAULT_HEAP = "512m"
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %m (%c)%n
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
logger.properties.name = org.apache.kafka.common.config.AbstractConfig
logger.properties.level = WARN
"""


class KafkaAdapter:
    """Stands in for Strimzi's cluster operator."""

    kind = names.KAFKA
    finalizer = "local.telecom.dev/kafka"
    calls_engine = False

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Run every node; the Kafka is ready when all of them are."""
        folder = _folder(manifest, machine)
        pools = _pools(manifest, surroundings)
        ca_file, keystore = ensure_certificates(
            folder.path / "certificates",
            authority=f"{folder.cluster}-cluster-ca",
            server=f"{folder.cluster}-kafka",
            addresses=(LOOPBACK, machine.address),
        )
        ca = ca_file.read_text()
        published = (owned_secret(manifest, names.cluster_ca_secret(folder.cluster), {STRIMZI_CA_KEY: ca}),)
        try:
            nodes = self._plan(manifest, pools, folder)
            processes = [
                _process(manifest, node, nodes, folder, NodeFiles(_data(folder, node), keystore)) for node in nodes
            ]
        except ManifestError as error:
            return Outcome(_not_ready(manifest, "InvalidResourceException", str(error)), published)
        folder.keep_deletion(_deletes_data(pools))
        records = [machine.supervisor.ensure(process) for process in processes]
        waiting = [
            record
            for record, process in zip(records, processes, strict=True)
            if not (record.is_ready and record.runs(process))
        ]
        if waiting:
            broken = next((record for record in waiting if record.phase is Phase.BACKING_OFF), None)
            reason = "FatalProblem" if broken and broken.failures > 2 else "Creating"
            record = broken or waiting[0]
            return Outcome(
                _not_ready(manifest, reason, f"{record.name}: {record.phase} {record.reason}".strip()), published
            )
        status = _ready(manifest, nodes, folder, ca)
        return Outcome(status, published, {ref_of(pool): _pool_status(pool, nodes, folder) for pool in pools})

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Stop the nodes; delete their data only if the pools' storage says so."""
        folder = _folder(manifest, machine)
        if not machine.supervisor.remove_in_order(self._processes(folder)):
            return False
        if folder.deletes_data():
            shutil.rmtree(folder.path, ignore_errors=True)
            machine.ports.release(folder.key + ".")
        return True

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """Processes of the nodes that exist now."""
        return self._processes(_folder(manifest, machine))

    @staticmethod
    def _plan(manifest: Manifest, pools: Sequence[Manifest], folder: KafkaFolder) -> list[Node]:
        node_ids = assign_node_ids(pools, folder.node_ids())
        nodes = plan_nodes(manifest, pools, node_ids, folder.port, DEFAULT_HEAP, folder.machine.address)
        folder.keep_node_ids(node_ids)
        return nodes

    @staticmethod
    def _processes(folder: KafkaFolder) -> list[str]:
        return [folder.process_name(node_id) for ids in folder.node_ids().values() for node_id in ids]


def _folder(manifest: Manifest, machine: Machine) -> KafkaFolder:
    metadata = manifest["metadata"]
    return KafkaFolder(machine, metadata["namespace"], metadata["name"])


def _pools(manifest: Manifest, surroundings: Surroundings) -> Sequence[Manifest]:
    metadata = manifest["metadata"]
    labels = {STRIMZI_CLUSTER_LABEL: metadata["name"]}
    return surroundings.list(names.KAFKA_NODE_POOL, metadata["namespace"], labels)


def _data(folder: KafkaFolder, node: Node) -> Any:
    return folder.path / f"data-{node.id}"


def _deletes_data(pools: Sequence[Manifest]) -> bool:
    """Only if every volume of every pool may be deleted."""
    storages = [pool["spec"].get("storage", {}) for pool in pools]
    volumes = [volume for storage in storages for volume in storage.get("volumes", [storage])]
    return bool(volumes) and all(volume.get("type") == "ephemeral" or volume.get("deleteClaim") for volume in volumes)


def _process(
    manifest: Manifest, node: Node, nodes: Sequence[Node], folder: KafkaFolder, files: NodeFiles
) -> ProcessSpec:
    properties = server_properties(manifest, node, nodes, files, folder.internal_password())
    configuration, logging = folder.path / f"server-{node.id}.properties", folder.path / "log4j2.properties"
    write_atomically(configuration, as_text(properties))
    write_atomically(logging, _LOGGING)
    script = _start_script(manifest, node, folder, files, str(configuration), str(logging))
    first_listener = next(name for name in reversed([*node.ports]) if node.is_controller or name != CONTROL_PLANE)
    return ProcessSpec(
        name=folder.process_name(node.id),
        argv=("/bin/sh", "-c", script),
        log_file=folder.machine.state.log_file(folder.process_name(node.id)),
        working_directory=folder.path,
        environment=base_environment(),
        revision=hashlib.sha256((script + as_text(properties)).encode()).hexdigest(),
        ports=(*node.ports.values(), *filter(None, [node.metrics_port])),
        endpoint=", ".join(node.address(name) for name in node.ports if name not in INTERNAL_LISTENERS),
        readiness=TcpProbe(node.ports[first_listener]),
        stop_grace_seconds=30,
        stop_rank=StopRank.KAFKA_BROKER if node.is_broker else StopRank.KAFKA_CONTROLLER,
    )


def _start_script(
    manifest: Manifest, node: Node, folder: KafkaFolder, files: NodeFiles, configuration: str, logging: str
) -> str:
    """Format the log folder once, then become the broker. Formatting it again does no harm."""
    java = (str(system_java()), f"-Dlog4j2.configurationFile={logging}", "-cp", f"{kafka_jars()}/*")
    metadata_version = manifest["spec"]["kafka"].get("metadataVersion", versions().kafka.metadata_version)
    flags = ("--cluster-id", folder.cluster_id(), "--config", configuration, "--release-version", metadata_version)
    format_log = (*java, "kafka.tools.StorageTool", "format", "--ignore-formatted", *flags)
    # Strimzi also sets -Xms; on a shared machine, memory is taken only when it is needed.
    heap = (f"-Xmx{node.heap}", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:+ExitOnOutOfMemoryError")
    server = (java[0], *heap, *java[1:], "kafka.Kafka", configuration)
    formatted = shlex.quote(str(files.data / "meta.properties"))
    return f"[ -f {formatted} ] || {shlex.join(format_log)} || exit 1\nexec {shlex.join(server)}"


def _not_ready(manifest: Manifest, reason: str, message: str) -> Status:
    """Strimzi's way: a separate condition type, without a Ready condition."""
    kept = {key: value for key, value in manifest.get("status", {}).items() if key in ("clusterId", "listeners")}
    return {
        **kept,
        "conditions": [condition(manifest, "NotReady", True, reason, message)],
        "observedGeneration": manifest["metadata"]["generation"],
    }


def _ready(manifest: Manifest, nodes: Sequence[Node], folder: KafkaFolder, ca: str) -> Status:
    spec = manifest["spec"]["kafka"]
    running = versions().kafka.version
    conditions = [condition(manifest, "Ready", True)]
    if spec.get("version", running) != running:
        message = f"the spec asks for Kafka {spec['version']}, but this machine runs {running}"
        conditions.append(condition(manifest, "Warning", True, "KafkaVersion", message))
    return {
        "conditions": conditions,
        "observedGeneration": manifest["metadata"]["generation"],
        "clusterId": folder.cluster_id(),
        "kafkaVersion": running,
        "kafkaMetadataVersion": spec.get("metadataVersion", versions().kafka.metadata_version),
        "kafkaNodePools": [{"name": name} for name in sorted({node.pool for node in nodes})],
        "listeners": [_listener_status(listener, nodes, ca) for listener in spec["listeners"]],
    }


def _listener_status(listener: dict[str, Any], nodes: Sequence[Node], ca: str) -> Status:
    brokers = [node for node in nodes if node.is_broker]
    name = client_listener(listener)
    status: Status = {
        "name": listener["name"],
        "addresses": [{"host": node.client_host, "port": node.ports[name]} for node in brokers],
        "bootstrapServers": ",".join(node.address(name) for node in brokers),
    }
    return status | ({"certificates": [ca]} if listener.get("tls") else {})


def _pool_status(pool: Manifest, nodes: Sequence[Node], folder: KafkaFolder) -> Status:
    ids = [node.id for node in nodes if node.pool == pool["metadata"]["name"]]
    return {
        "observedGeneration": pool["metadata"]["generation"],
        "nodeIds": ids,
        "clusterId": folder.cluster_id(),
        "roles": pool["spec"]["roles"],
        "replicas": len(ids),
    }
