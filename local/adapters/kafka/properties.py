"""server.properties of a Kafka node, from the resource: what Strimzi would configure, on loopback. Pure.

Brokers, controllers and our admin client authenticate each other as one internal user by SASL/PLAIN with a random
password. Controllers cannot use SCRAM, because its credentials are in the log that they must first agree on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.adapters.adapter import ManifestError
from local.adapters.kafka.nodes import CONTROL_PLANE, REPLICATION, Node, client_listener
from local.supervisor.loopback import LOOPBACK
from operators.telecom_pipeline.objects.manifest import Manifest

INTERNAL_USER = "telecom-internal"
# Strimzi refuses these in `spec.kafka.config` (KafkaClusterSpec.FORBIDDEN_PREFIXES); here they are simply left out.
_OWNED_PREFIXES = (
    *("listeners", "advertised.", "broker.", "listener.", "host.name", "port", "inter.broker.listener.name"),
    *("sasl.", "ssl.", "security.", "password.", "log.dir", "authorizer.", "super.user", "node.id", "process.roles"),
    *("controller.", "metadata.log.dir", "zookeeper.", "principal.builder.class", "prometheus.metrics.reporter."),
)
# For one machine: the log cleaner need not take 128 MB of heap, nor a group's first assignment wait for members.
_MACHINE_DEFAULTS = {"log.cleaner.dedupe.buffer.size": "16777216", "group.initial.rebalance.delay.ms": "0"}
_PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_REPORTERS = "io.strimzi.kafka.metrics"
_SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class NodeFiles:
    """Files of a node: its log folder, and the PEM file with the key and certificate of TLS listeners."""

    data: Path
    keystore: Path


def server_properties(
    kafka: Manifest, node: Node, nodes: Sequence[Node], files: NodeFiles, internal_password: str
) -> dict[str, str]:
    """Every property of a node. Raises `ManifestError` for what only a real Strimzi can do."""
    spec = kafka["spec"]["kafka"]
    listeners = spec["listeners"] if node.is_broker else []
    properties = _MACHINE_DEFAULTS | _taken_from(spec.get("config", {}))
    properties |= _identity(node, nodes, files)
    properties |= _addresses(node, listeners)
    properties |= _internal_security(internal_password)
    for listener in listeners:
        properties |= _listener_security(listener, files)
    return properties | _authorization(spec) | _metrics(spec, node)


def as_text(properties: Mapping[str, str]) -> str:
    """The file's text, sorted by key."""
    return "".join(f"{key}={value}\n" for key, value in sorted(properties.items()))


def _taken_from(config: Mapping[str, Any]) -> dict[str, str]:
    return {key: _text(value) for key, value in config.items() if not key.startswith(_OWNED_PREFIXES)}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _identity(node: Node, nodes: Sequence[Node], files: NodeFiles) -> dict[str, str]:
    voters = ",".join(f"{voter.id}@{voter.address(CONTROL_PLANE)}" for voter in nodes if voter.is_controller)
    return {
        "node.id": str(node.id),
        "process.roles": ",".join(node.roles),
        "log.dirs": str(files.data),
        "controller.quorum.voters": voters,
        "controller.listener.names": CONTROL_PLANE,
    }


def _addresses(node: Node, listeners: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    protocols = {CONTROL_PLANE: "SASL_PLAINTEXT", REPLICATION: "SASL_PLAINTEXT"}
    protocols |= {client_listener(listener): _protocol(listener) for listener in listeners}
    addresses = {
        "listeners": ",".join(f"{name}://{node.binding(name)}" for name in node.ports),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
    }
    if node.is_broker:
        public = [name for name in node.ports if name != CONTROL_PLANE]
        addresses["advertised.listeners"] = ",".join(f"{name}://{node.address(name)}" for name in public)
        addresses["inter.broker.listener.name"] = REPLICATION
    return addresses


def _protocol(listener: Mapping[str, Any]) -> str:
    transport = "SSL" if listener.get("tls") else "PLAINTEXT"
    return f"SASL_{transport}" if listener.get("authentication") else transport


def _internal_security(internal_password: str) -> dict[str, str]:
    login = (
        f'{_PLAIN_LOGIN} required username="{INTERNAL_USER}" password="{internal_password}" '
        f'user_{INTERNAL_USER}="{internal_password}";'
    )
    security = {"sasl.mechanism.inter.broker.protocol": "PLAIN", "sasl.mechanism.controller.protocol": "PLAIN"}
    for name in (CONTROL_PLANE, REPLICATION):
        prefix = f"listener.name.{name.lower()}"
        security |= {f"{prefix}.sasl.enabled.mechanisms": "PLAIN", f"{prefix}.plain.sasl.jaas.config": login}
    return security


def _listener_security(listener: Mapping[str, Any], files: NodeFiles) -> dict[str, str]:
    prefix = f"listener.name.{client_listener(listener).lower()}"
    security: dict[str, str] = {}
    if listener.get("tls"):
        security |= {f"{prefix}.ssl.keystore.type": "PEM", f"{prefix}.ssl.keystore.location": str(files.keystore)}
    match (listener.get("authentication") or {}).get("type"):
        case None:
            pass
        case "scram-sha-512":
            security[f"{prefix}.sasl.enabled.mechanisms"] = "SCRAM-SHA-512"
            security[f"{prefix}.scram-sha-512.sasl.jaas.config"] = f"{_SCRAM_LOGIN} required;"
        case other:
            why = f"authentication type {other} is not available on one machine"
            raise ManifestError(f"configure listener {listener['name']}", why, "use type: scram-sha-512")
    return security


def _authorization(spec: Mapping[str, Any]) -> dict[str, str]:
    match (spec.get("authorization") or {}).get("type"):
        case None:
            return {}
        case "simple":
            users = [INTERNAL_USER, *spec["authorization"].get("superUsers", [])]
            return {
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": ";".join(f"User:{user}" for user in users),
            }
        case other:
            why = f"authorization type {other} is not available on one machine"
            raise ManifestError("configure Kafka's authorization", why, "use type: simple")


def _metrics(spec: Mapping[str, Any], node: Node) -> dict[str, str]:
    config = spec.get("metricsConfig") or {}
    match config.get("type"):
        case None:
            return {}
        case "strimziMetricsReporter":
            allowed = (config.get("values") or {}).get("allowList", [".*"])
            return {
                "metric.reporters": f"{_REPORTERS}.KafkaPrometheusMetricsReporter",
                "kafka.metrics.reporters": f"{_REPORTERS}.YammerPrometheusMetricsReporter",
                "prometheus.metrics.reporter.listener": f"http://{LOOPBACK}:{node.metrics_port}",
                "prometheus.metrics.reporter.allowlist": ",".join(allowed),
            }
        case other:
            why = f"metrics of type {other} are not available on one machine"
            raise ManifestError("configure Kafka's metrics", why, "use type: strimziMetricsReporter")
