"""Strimzi's KafkaTopic: one per topic."""

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.topics import Topic
from operators.telecom_pipeline.render.metadata import Identity, child, of_kafka


def render_topics(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """KafkaTopics of events, dead letters and the ledger."""
    return tuple(_topic(pipeline, topic) for topic in pipeline.topics)


def _topic(pipeline: Pipeline, topic: Topic) -> Manifest:
    spec = {
        "topicName": topic.name,
        "partitions": topic.partitions,
        "replicas": topic.replicas,
        "config": dict(topic.config),
    }
    identity = Identity(names.KAFKA_TOPIC, names.topic(pipeline.name, topic.name), Stage.TOPICS, topic.role)
    return child(pipeline, identity, {"spec": spec}, extra_labels=of_kafka(pipeline))
