"""Strimzi's Kafka: one internal listener with SCRAM-SHA-512, ACLs on, topics created only by KafkaTopics."""

from typing import Any

from contracts.metric_names import KAFKA_METRICS
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.labels import PIPELINE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import KafkaCluster, Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.topics import min_in_sync_replicas
from operators.telecom_pipeline.render.metadata import Identity, child

LISTENER_PORT = 9093


def render_kafka(pipeline: Pipeline) -> Manifest:
    """Render the Kafka resource. Its nodes are in KafkaNodePools."""
    spec = {
        "kafka": {
            "version": pipeline.kafka.version,
            "metadataVersion": pipeline.kafka.metadata_version,
            "listeners": [_listener(pipeline)],
            "authorization": {"type": "simple"},
            "config": _config(pipeline.kafka),
            "metricsConfig": _metrics(),
        },
        "entityOperator": {"topicOperator": {}, "userOperator": {}},
    }
    identity = Identity(names.KAFKA, names.kafka(pipeline.name), Stage.KAFKA, names.KAFKA.name.lower())
    return child(pipeline, identity, {"spec": spec})


def _listener(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "name": names.CLIENT_LISTENER,
        "port": LISTENER_PORT,
        "type": "internal",
        "tls": pipeline.kafka.is_tls,
        "authentication": {"type": "scram-sha-512"},
        "networkPolicyPeers": [{"podSelector": {"matchLabels": {PIPELINE_LABEL: pipeline.name}}}],
    }


def _metrics() -> dict[str, Any]:
    """Only what the Kafka dashboard and alerts read, on port tcp-prometheus of each broker."""
    # The reporter matches names before it appends the suffix of counters.
    allowed = [f"{metric.removesuffix('_total')}.*" for metric in KAFKA_METRICS]
    return {"type": "strimziMetricsReporter", "values": {"allowList": allowed}}


def _config(kafka: KafkaCluster) -> dict[str, Any]:
    in_sync = min_in_sync_replicas(kafka.replicas)
    return {
        "auto.create.topics.enable": False,
        "default.replication.factor": kafka.replicas,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": kafka.replicas,
        "transaction.state.log.replication.factor": kafka.replicas,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": kafka.replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
    }
