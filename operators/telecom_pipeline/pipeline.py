"""The validated pipeline: complete, frozen, and all that rendering and planning look at."""

from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from operators.telecom_pipeline.spec import PipelineSpec, Profile
from operators.telecom_pipeline.spec.base import PROFILE_DEFAULTS_KEY, Resources
from operators.telecom_pipeline.spec.bronze import Bronze
from operators.telecom_pipeline.spec.kafka import METADATA_VERSION_BY_KAFKA_VERSION, BrokerStorage, Kafka
from operators.telecom_pipeline.spec.kafka import Topics as TopicsSpec
from operators.telecom_pipeline.topics import Topic, TopicRole, topics_of


@dataclass(frozen=True)
class KafkaCluster:
    """Kafka as it shall be. With `has_own_controllers`, brokers and controllers are different nodes."""

    version: str
    metadata_version: str
    broker_count: int
    has_own_controllers: bool
    is_tls: bool
    replicas: int
    storage_size: str
    storage_class: str | None
    resources: Resources


@dataclass(frozen=True)
class Sink:
    """The sink `kafka_to_bronze` as it shall be."""

    replicas: int
    commit_interval_seconds: float
    commit_bytes: int
    resources: Resources


@dataclass(frozen=True)
class Pipeline:
    """A valid TelecomPipeline with every default resolved. Built by `validate` only."""

    name: str
    namespace: str
    spec: PipelineSpec
    kafka: KafkaCluster
    topics: tuple[Topic, ...]
    sink: Sink

    @property
    def is_suspended(self) -> bool:
        """Whether sources and sink shall stand still."""
        return self.spec.desired_state == "Suspended"

    @property
    def keeps_records(self) -> bool:
        """Whether topics and volumes outlive the pipeline."""
        return self.spec.deletion_policy == "Retain"

    def topic_names(self, role: TopicRole) -> tuple[str, ...]:
        """Names of the topics that have a role, in order."""
        return tuple(topic.name for topic in self.topics if topic.role is role)


def profile_default_of(model: type[BaseModel], field: str, profile: Profile) -> Any:
    """Value that a field of the spec has in a profile when it is not written, as plain data."""
    extra = cast(dict[str, Any], model.model_fields[field].json_schema_extra)
    return extra[PROFILE_DEFAULTS_KEY][profile]


def resolve(name: str, namespace: str, spec: PipelineSpec) -> Pipeline:
    """Fill in what the profile decides. Does not check anything."""
    kafka = _kafka(spec)
    partitions = _written_or_default(spec.kafka.topics, "partitions", spec.profile)
    return Pipeline(
        name=name,
        namespace=namespace,
        spec=spec,
        kafka=kafka,
        topics=topics_of(spec, partitions, kafka.replicas),
        sink=_sink(spec),
    )


def _written_or_default(section: BaseModel, field: str, profile: Profile) -> Any:
    written = getattr(section, field)
    return profile_default_of(type(section), field, profile) if written is None else written


def _resources(section: Kafka | Bronze, profile: Profile) -> Resources:
    value = _written_or_default(section, "resources", profile)
    return value if isinstance(value, Resources) else Resources.model_validate(value)


def _kafka(spec: PipelineSpec) -> KafkaCluster:
    kafka, profile = spec.kafka, spec.profile
    storage: BrokerStorage = kafka.storage
    topics: TopicsSpec = kafka.topics
    return KafkaCluster(
        version=kafka.version,
        metadata_version=METADATA_VERSION_BY_KAFKA_VERSION[kafka.version],
        broker_count=_written_or_default(kafka, "brokers", profile),
        has_own_controllers=profile == "production",
        is_tls=kafka.tls,
        replicas=_written_or_default(topics, "replicas", profile),
        storage_size=_written_or_default(storage, "size", profile),
        storage_class=storage.storage_class,
        resources=_resources(kafka, profile),
    )


def _sink(spec: PipelineSpec) -> Sink:
    bronze = spec.bronze
    return Sink(
        replicas=_written_or_default(bronze, "replicas", spec.profile),
        commit_interval_seconds=bronze.commit_interval_seconds,
        commit_bytes=bronze.commit_mebibytes * 1024 * 1024,
        resources=_resources(bronze, spec.profile),
    )
