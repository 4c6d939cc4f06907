"""The validated pipeline: complete, frozen, and all that rendering and planning look at."""

from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from contracts.events import CallEvent
from operators.telecom_pipeline.pipeline.topics import Topic, TopicRole, topics_of
from operators.telecom_pipeline.spec import PipelineSpec, Profile
from operators.telecom_pipeline.spec.base import PROFILE_DEFAULTS_KEY, Resources
from operators.telecom_pipeline.spec.bronze import Bronze
from operators.telecom_pipeline.spec.fraud_detection import FraudDetection, JobManager, TaskManager
from operators.telecom_pipeline.spec.kafka import METADATA_VERSION_BY_KAFKA_VERSION, BrokerStorage, Kafka
from operators.telecom_pipeline.spec.kafka import Topics as TopicsSpec
from operators.telecom_pipeline.spec.transform import Transform


@dataclass(frozen=True)
class KafkaCluster:
    """The desired Kafka. With `has_own_controllers`, brokers and controllers are different nodes."""

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
    """The desired sink `kafka_to_bronze`."""

    replicas: int
    commit_interval_seconds: float
    commit_bytes: int
    resources: Resources


@dataclass(frozen=True)
class FlinkJob:
    """The desired fraud detection job; what has no default by profile is in `section`."""

    section: FraudDetection
    parallelism: int
    task_manager_resources: Resources
    job_manager_resources: Resources


@dataclass(frozen=True)
class BatchJobs:
    """The desired batch jobs; what has no default by profile is in `section`."""

    section: Transform
    dbt_threads: int
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
    fraud_detection: FlinkJob | None
    batch_jobs: BatchJobs | None

    @property
    def is_suspended(self) -> bool:
        """Whether sources and sink are to be stopped."""
        return self.spec.desired_state == "Suspended"

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is changed and the status says what would be done."""
        return self.spec.mode == "DryRun"

    @property
    def is_left_alone(self) -> bool:
        """Whether the operator only reports."""
        return self.spec.paused or self.is_dry_run

    @property
    def keeps_records(self) -> bool:
        """Whether topics and volumes outlive the pipeline."""
        return self.spec.deletion_policy == "Retain"

    def topic_names(self, role: TopicRole) -> tuple[str, ...]:
        """Names of the topics that have a role, in order."""
        return tuple(topic.name for topic in self.topics if topic.role is role)


def profile_default_of(model: type[BaseModel], field: str, profile: Profile) -> Any:
    """The value, as plain data, that a profile gives to a field of the spec that is not written."""
    extra = cast(dict[str, Any], model.model_fields[field].json_schema_extra)
    return extra[PROFILE_DEFAULTS_KEY][profile]


def resolve(name: str, namespace: str, spec: PipelineSpec) -> Pipeline:
    """Fill in what the profile decides. Does not check anything."""
    kafka = _kafka(spec)
    partitions = _written_or_default(spec.kafka.topics, "partitions", spec.profile)
    topics = topics_of(spec, partitions, kafka.replicas)
    return Pipeline(
        name=name,
        namespace=namespace,
        spec=spec,
        kafka=kafka,
        topics=topics,
        sink=_sink(spec),
        fraud_detection=_fraud_detection(spec, topics),
        batch_jobs=_batch_jobs(spec),
    )


def _written_or_default(section: BaseModel, field: str, profile: Profile) -> Any:
    written = getattr(section, field)
    return profile_default_of(type(section), field, profile) if written is None else written


def _resources(section: Kafka | Bronze | TaskManager | JobManager | Transform, profile: Profile) -> Resources:
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
        commit_bytes=_written_or_default(bronze, "commit_mebibytes", spec.profile) * 1024 * 1024,
        resources=_resources(bronze, spec.profile),
    )


def _fraud_detection(spec: PipelineSpec, topics: tuple[Topic, ...]) -> FlinkJob | None:
    section = spec.fraud_detection
    if section is None:
        return None
    return FlinkJob(
        section=section,
        parallelism=_parallelism(section, spec.profile, topics),
        task_manager_resources=_resources(section.task_manager, spec.profile),
        job_manager_resources=_resources(section.job_manager, spec.profile),
    )


def _batch_jobs(spec: PipelineSpec) -> BatchJobs | None:
    section = spec.transform
    if section is None:
        return None
    return BatchJobs(
        section=section,
        dbt_threads=_written_or_default(section, "dbt_threads", spec.profile),
        resources=_resources(section, spec.profile),
    )


def _parallelism(section: FraudDetection, profile: Profile, topics: tuple[Topic, ...]) -> int:
    """As written, or the profile's default, limited to the partitions that there are to read."""
    if section.parallelism is not None:
        return section.parallelism
    default: int = profile_default_of(FraudDetection, "parallelism", profile)
    return min(default, call_partitions(topics) or default)


def call_partitions(topics: tuple[Topic, ...]) -> int:
    """Partitions of the topic of calls, 0 if the pipeline has none."""
    return next((topic.partitions for topic in topics if topic.name == CallEvent.topic), 0)
