"""Strimzi's KafkaTopic: one per topic."""

from operators.telecom_pipeline import names
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.metadata import child, of_kafka
from operators.telecom_pipeline.stages import Stage
from operators.telecom_pipeline.topics import Topic


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
    return child(
        pipeline,
        names.KAFKA_TOPIC,
        names.topic(pipeline.name, topic.name),
        Stage.TOPICS,
        {"spec": spec},
        role=topic.role,
        extra_labels=of_kafka(pipeline),
    )
