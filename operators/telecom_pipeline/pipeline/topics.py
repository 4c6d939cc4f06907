"""The topics of a pipeline: events of its sources and of fraud detection, dead letters of each, ledger, fraud rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.events import AccountAction, FraudAlert
from contracts.topics import FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC, LEDGER_TOPIC, dead_letter_topic
from operators.telecom_pipeline.spec import PipelineSpec
from operators.telecom_pipeline.spec.sources import CDR_TOPICS, NETWORK_PROBE_TOPICS

# Dead letters, rules and ledger entries are few, and their order matters more than their speed.
SIDE_TOPIC_PARTITIONS = 1
MILLISECONDS_PER_HOUR = 3_600_000


class TopicRole(StrEnum):
    """What a topic is for."""

    EVENTS = "events"
    DEAD_LETTERS = "dead-letters"
    LEDGER = "ledger"
    FRAUD_RULES = "fraud-rules"
    FRAUD_RULE_REPORTS = "fraud-rule-reports"


@dataclass(frozen=True)
class Topic:
    """A desired topic. `config` holds Kafka's topic settings."""

    name: str
    role: TopicRole
    partitions: int
    replicas: int
    config: Mapping[str, str | int]


def event_topic_names(spec: PipelineSpec) -> tuple[str, ...]:
    """Topics of the sources that the spec has."""
    cdr = CDR_TOPICS if spec.sources.cdr else ()
    probes = NETWORK_PROBE_TOPICS if spec.sources.network_probe else ()
    return cdr + probes


def derived_topic_names(spec: PipelineSpec) -> tuple[str, ...]:
    """Topics of the events that the pipeline derives from those of its sources."""
    detection = spec.fraud_detection
    if detection is None:
        return ()
    return (FraudAlert.topic, AccountAction.topic) if detection.account_freezer else (FraudAlert.topic,)


def min_in_sync_replicas(replicas: int) -> int:
    """Copies that must confirm a write: one may be missing, but never all."""
    return max(1, replicas - 1)


def topics_of(spec: PipelineSpec, partitions: int, replicas: int) -> tuple[Topic, ...]:
    """All topics; `partitions` and `replicas` are those of an event topic without an override."""
    names = event_topic_names(spec) + derived_topic_names(spec)
    events = tuple(_event_topic(spec, name, partitions, replicas) for name in names)
    dead_letters = tuple(_dead_letter_topic(spec, name, replicas) for name in names)
    return (*events, *dead_letters, _ledger_topic(replicas), *_fraud_rule_topics(spec, replicas))


def _event_topic(spec: PipelineSpec, name: str, partitions: int, replicas: int) -> Topic:
    topics = spec.kafka.topics
    override = topics.overrides.get(name)
    own_partitions = override.partitions if override else None
    own_retention_hours = override.retention_hours if override else None
    config = _deleting(replicas, own_retention_hours or topics.retention_hours)
    return Topic(name, TopicRole.EVENTS, own_partitions or partitions, replicas, config)


def _dead_letter_topic(spec: PipelineSpec, name: str, replicas: int) -> Topic:
    config = _deleting(replicas, spec.kafka.topics.dead_letter_retention_hours)
    return Topic(dead_letter_topic(name), TopicRole.DEAD_LETTERS, SIDE_TOPIC_PARTITIONS, replicas, config)


def _ledger_topic(replicas: int) -> Topic:
    return Topic(LEDGER_TOPIC, TopicRole.LEDGER, SIDE_TOPIC_PARTITIONS, replicas, _compacting(replicas))


def _fraud_rule_topics(spec: PipelineSpec, replicas: int) -> tuple[Topic, ...]:
    if spec.fraud_detection is None:
        return ()
    reports = _deleting(replicas, spec.kafka.topics.retention_hours)
    return (
        Topic(FRAUD_RULE_TOPIC, TopicRole.FRAUD_RULES, SIDE_TOPIC_PARTITIONS, replicas, _compacting(replicas)),
        Topic(FRAUD_RULE_REPORT_TOPIC, TopicRole.FRAUD_RULE_REPORTS, SIDE_TOPIC_PARTITIONS, replicas, reports),
    )


def _compacting(replicas: int) -> dict[str, str | int]:
    return {"cleanup.policy": "compact", "min.insync.replicas": min_in_sync_replicas(replicas)}


def _deleting(replicas: int, retention_hours: int) -> dict[str, str | int]:
    return {
        "cleanup.policy": "delete",
        "min.insync.replicas": min_in_sync_replicas(replicas),
        "retention.ms": retention_hours * MILLISECONDS_PER_HOUR,
    }
