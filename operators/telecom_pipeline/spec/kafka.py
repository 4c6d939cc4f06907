"""`spec.kafka`: the Kafka cluster and its topics."""

from typing import Annotated, Literal

from pydantic import Field

from operators.telecom_pipeline.spec.base import MemoryQuantity, ObjectName, Resources, SpecModel, profile_default
from operators.telecom_pipeline.spec.sources import CDR_TOPICS, NETWORK_PROBE_TOPICS

KafkaVersion = Literal["4.2.0", "4.2.1", "4.3.0", "4.3.1"]

# Versions that Strimzi 1.2.0 runs, each with the metadata version its brokers write (Strimzi's kafka-versions.yaml).
METADATA_VERSION_BY_KAFKA_VERSION: dict[KafkaVersion, str] = {
    "4.2.0": "4.2-IV1",
    "4.2.1": "4.2-IV1",
    "4.3.0": "4.3-IV0",
    "4.3.1": "4.3-IV0",
}

OVERRIDABLE_TOPICS = CDR_TOPICS + NETWORK_PROBE_TOPICS

Partitions = Annotated[int, Field(ge=1, le=1000)]
RetentionHours = Annotated[int, Field(ge=1, le=87600)]


class BrokerStorage(SpecModel):
    """The disk of each Kafka node."""

    size: MemoryQuantity | None = profile_default(
        "10Gi",
        "500Gi",
        description="Size of each broker's volume. It can grow but never shrink.",
    )
    storage_class: ObjectName | None = Field(
        default=None, description="StorageClass of the volumes; the cluster's default class when absent. Immutable."
    )


class TopicOverride(SpecModel):
    """Settings in which one topic differs from the others."""

    partitions: Partitions | None = Field(default=None, description="Partitions of this topic. They can only grow.")
    retention_hours: RetentionHours | None = Field(
        default=None, description="Hours for which this topic keeps its records."
    )


class Topics(SpecModel):
    """How topics are laid out. Their names come from the event contracts."""

    partitions: Partitions | None = profile_default(
        3, 12, description="Partitions of each event topic. They can only grow."
    )
    replicas: Annotated[int, Field(ge=1, le=7)] | None = profile_default(
        1, 3, description="Copies of each partition. Immutable. All but one must confirm a write (at least one)."
    )
    retention_hours: RetentionHours = Field(
        default=168, description="Hours for which an event topic keeps its records."
    )
    dead_letter_retention_hours: RetentionHours = Field(
        default=720, description="Hours for which a dead-letter topic keeps its records, so that they can be replayed."
    )
    overrides: dict[str, TopicOverride] = Field(
        default={},
        max_length=len(OVERRIDABLE_TOPICS),
        description=f"Settings of individual topics, by name: {', '.join(OVERRIDABLE_TOPICS)}.",
    )


class Kafka(SpecModel):
    """The Kafka cluster: Strimzi's Kafka, KafkaNodePool, KafkaTopic and KafkaUser."""

    version: KafkaVersion = Field(default="4.3.1", description="Kafka version. It can be raised but not lowered.")
    brokers: Annotated[int, Field(ge=1, le=99)] | None = profile_default(
        1,
        3,
        description="Number of brokers, which can only grow. In profile `dev` the first broker is also the controller; "
        "in `production` three separate nodes are controllers.",
    )
    tls: bool = Field(
        default=True, description="Whether clients connect over TLS. They always log in with SCRAM-SHA-512."
    )
    storage: BrokerStorage = Field(default=BrokerStorage(), description="The disk of each Kafka node.")
    resources: Resources | None = profile_default(
        {"cpu": "500m", "memory": "1Gi"},
        {"cpu": "2", "memory": "8Gi"},
        description="What each broker may use; half of the memory is Java heap, the rest caches files.",
    )
    topics: Topics = Field(default=Topics(), description="How topics are laid out.")
