"""Strimzi's KafkaUser: one per component, each with only the rights that it uses."""

from collections.abc import Iterable
from typing import Any

from contracts.dead_letters import replay_group, replay_transactional_id
from contracts.erasure import ERASURE_GROUP
from contracts.events import AccountAction, CallEvent, FraudAlert, SmsEvent
from contracts.topics import FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC, LEDGER_TOPIC, dead_letter_topic
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.sources import simulators_of
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.topics import TopicRole
from operators.telecom_pipeline.render.metadata import Identity, child, of_kafka

Acl = dict[str, Any]

# An idempotent producer needs no further right: for brokers, Write on any topic implies it (KIP-679).
WRITE = ("Describe", "Write")
READ = ("Describe", "Read")


def render_users(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """Users of the simulators, of the sink, of fraud detection, and of the tools that people run."""
    producers = tuple(
        _user(pipeline, simulator.component, _topic_acls((*simulator.topics, LEDGER_TOPIC), WRITE))
        for simulator in simulators_of(pipeline.spec)
    )
    return (
        *producers,
        _sink_user(pipeline),
        *_fraud_users(pipeline),
        _replayer_user(pipeline),
        _auditor_user(pipeline),
        *((_eraser_user(pipeline),) if pipeline.batch_jobs else ()),
    )


def _sink_user(pipeline: Pipeline) -> Manifest:
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), READ),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), WRITE),
        _group_acl(pipeline, names.KAFKA_TO_BRONZE),
    ]
    return _user(pipeline, names.KAFKA_TO_BRONZE, acls)


def _fraud_users(pipeline: Pipeline) -> tuple[Manifest, ...]:
    if pipeline.fraud_detection is None:
        return ()
    freezer = (_freezer_user(pipeline),) if pipeline.fraud_detection.section.account_freezer else ()
    return (_detection_user(pipeline), _rules_publisher_user(pipeline), *freezer, _alert_reader_user(pipeline))


def _detection_user(pipeline: Pipeline) -> Manifest:
    prefix = names.transactional_id_prefix(pipeline.name, names.FRAUD_DETECTION)
    acls = [
        *_topic_acls((CallEvent.topic, SmsEvent.topic, FRAUD_RULE_TOPIC), READ),
        *_topic_acls((FraudAlert.topic, FRAUD_RULE_REPORT_TOPIC), WRITE),
        _group_acl(pipeline, names.FRAUD_DETECTION),
        # Flink's sink numbers its transactions by subtask and checkpoint.
        _transactions_acl(prefix, "prefix"),
    ]
    return _user(pipeline, names.FRAUD_DETECTION, acls)


def _rules_publisher_user(pipeline: Pipeline) -> Manifest:
    """It reads the topic in order to write only what differs."""
    acls = [
        *_topic_acls((FRAUD_RULE_TOPIC,), (*READ, "Write")),
        _group_acl(pipeline, names.FRAUD_RULES_PUBLISHER),
    ]
    return _user(pipeline, names.FRAUD_RULES_PUBLISHER, acls)


def _freezer_user(pipeline: Pipeline) -> Manifest:
    acls = [
        *_topic_acls((FraudAlert.topic,), READ),
        *_topic_acls((AccountAction.topic, dead_letter_topic(FraudAlert.topic)), WRITE),
        _group_acl(pipeline, names.ACCOUNT_FREEZER),
    ]
    return _user(pipeline, names.ACCOUNT_FREEZER, acls)


def _alert_reader_user(pipeline: Pipeline) -> Manifest:
    """Shows alerts to people."""
    acls = [*_topic_acls((FraudAlert.topic,), READ), _group_acl(pipeline, names.ALERT_READER)]
    return _user(pipeline, names.ALERT_READER, acls)


def _replayer_user(pipeline: Pipeline) -> Manifest:
    """Like every producer it accounts in the ledger for what it sends, and does so in the same transaction."""
    sink_group = names.consumer_group(pipeline.name, names.KAFKA_TO_BRONZE)
    topics = pipeline.topic_names(TopicRole.EVENTS)
    acls = [
        *_topic_acls((*topics, LEDGER_TOPIC), WRITE),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), READ),
        _literal_group_acl(replay_group(sink_group)),
        *(_transactions_acl(replay_transactional_id(sink_group, topic), "literal") for topic in topics),
    ]
    return _user(pipeline, names.DLQ_REPLAYER, acls)


def _auditor_user(pipeline: Pipeline) -> Manifest:
    """Balances the ledger against topics and tables: it reads the ledger and dead letters, but no events."""
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), ("Describe",)),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), READ),
        *_topic_acls(pipeline.topic_names(TopicRole.LEDGER), READ),
        _group_acl(pipeline, names.AUDITOR),
    ]
    return _user(pipeline, names.AUDITOR, acls)


def _eraser_user(pipeline: Pipeline) -> Manifest:
    """Removes a person from topics: it rewrites the dead letters of others, then truncates the records before them."""
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), (*READ, "Delete")),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), (*READ, "Write", "Delete")),
        _literal_group_acl(ERASURE_GROUP),
    ]
    return _user(pipeline, names.ERASER, acls)


def _topic_acls(topics: Iterable[str], operations: Iterable[str]) -> list[Acl]:
    return [
        {
            "resource": {"type": "topic", "name": topic, "patternType": "literal"},
            "operations": list(operations),
        }
        for topic in topics
    ]


def _group_acl(pipeline: Pipeline, component: str) -> Acl:
    return _literal_group_acl(names.consumer_group(pipeline.name, component))


def _literal_group_acl(group: str) -> Acl:
    return {"resource": {"type": "group", "name": group, "patternType": "literal"}, "operations": list(READ)}


def _transactions_acl(name: str, pattern_type: str) -> Acl:
    return {
        "resource": {"type": "transactionalId", "name": name, "patternType": pattern_type},
        "operations": list(WRITE),
    }


def _user(pipeline: Pipeline, component: str, acls: list[Acl]) -> Manifest:
    spec = {
        "authentication": {"type": "scram-sha-512"},
        "authorization": {"type": "simple", "acls": acls},
    }
    identity = Identity(names.KAFKA_USER, names.component(pipeline.name, component), Stage.USERS, component)
    return child(pipeline, identity, {"spec": spec}, extra_labels=of_kafka(pipeline))
