"""Where the numbers of a table come from: the graph of dbt, then topics and producers of the contracts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.batch_tables import BATCH_TABLES
from contracts.events import FraudAlert, NetworkProbeEvent
from contracts.tables import BRONZE_TABLE_BY_TOPIC
from operators.telecom_pipeline.validate.suggestion import did_you_mean

# What writes each topic; every other event topic is written by the CDR producer.
PRODUCER_BY_TOPIC = {
    NetworkProbeEvent.topic: "jobs.producers.network_probe_producer",
    FraudAlert.topic: "jobs.fraud_detection (Flink), from Kafka: call_events",
}
CDR_PRODUCER = "jobs.producers.cdr_producer"
CRM_INGESTOR = "jobs.crm_batch_ingestor"
_TABLES = ("model", "source")


class UnknownTableError(LookupError):
    """No model or source has that name."""


@dataclass(frozen=True)
class Node:
    """A place in the graph with what feeds it."""

    name: str
    kind: str
    inputs: tuple["Node", ...] = ()


def trace(manifest: Mapping[str, Any], table: str) -> Node:
    """Everything that feeds `table` (`fact_calls`, or `gold.fact_calls`), down to topic, producer and source table.

    `manifest` is dbt's manifest.json. Raises `UnknownTableError`.
    """
    nodes: dict[str, Any] = {**manifest["nodes"], **manifest["sources"]}
    wanted = table.rsplit(".", 1)[-1]
    for unique_id, node in sorted(nodes.items()):
        if node["name"] == wanted and node["resource_type"] in _TABLES:
            return _node(nodes, unique_id)
    names = sorted({node["name"] for node in nodes.values() if node["resource_type"] in _TABLES})
    raise UnknownTableError(f"no model or source is called {wanted!r}; {did_you_mean(wanted, names)}")


def render_tree(node: Node) -> Iterator[str]:
    """The tree as lines, beginning with the table."""
    yield f"{node.name} ({node.kind})"
    yield from _branches(node, "")


def _node(nodes: Mapping[str, Any], unique_id: str) -> Node:
    node = nodes[unique_id]
    if node["resource_type"] == "source":
        return _source(node["schema"], node["name"])
    depends_on = node.get("depends_on", {}).get("nodes", [])
    # The keys for tokens of personal data are left out, because they are not data that flows.
    inputs = tuple(_node(nodes, parent) for parent in sorted(set(depends_on)) if ".vault." not in parent)
    kind = node.get("config", {}).get("materialized", node["resource_type"])
    return Node(f"{node['schema']}.{node['name']}", kind, inputs)


def _source(schema: str, name: str) -> Node:
    batch = next((table for table in BATCH_TABLES if table.name == name), None)
    if batch is not None:
        origin = Node(f"PostgreSQL: {batch.source_schema}.{batch.source_table}", "source table")
        return Node(f"{schema}.{name}", "Iceberg table", (Node(CRM_INGESTOR, "job", (origin,)),))
    if name not in BRONZE_TABLE_BY_TOPIC:
        return Node(f"{schema}.{name}", "Iceberg table")
    producer = Node(PRODUCER_BY_TOPIC.get(name, CDR_PRODUCER), "producer")
    topic = Node(f"Kafka: {name}", "topic", (producer,))
    return Node(f"{schema}.{name}", "Iceberg table", (Node("jobs.kafka_to_bronze", "sink", (topic,)),))


def _branches(node: Node, indent: str) -> Iterator[str]:
    for position, child in enumerate(node.inputs):
        is_last = position == len(node.inputs) - 1
        yield f"{indent}{'└── ' if is_last else '├── '}{child.name} ({child.kind})"
        yield from _branches(child, indent + ("    " if is_last else "│   "))
