"""Strimzi's KafkaUser: one per component, each with no more rights than it uses."""

from collections.abc import Iterable
from typing import Any

from contracts.topics import LEDGER_TOPIC
from operators.telecom_pipeline import names
from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render.metadata import child, of_kafka
from operators.telecom_pipeline.sources import simulators_of
from operators.telecom_pipeline.stages import Stage
from operators.telecom_pipeline.topics import TopicRole

Acl = dict[str, Any]

# An idempotent producer needs no right of its own: brokers take Write on any topic for it (KIP-679).
WRITE = ("Describe", "Write")
READ = ("Describe", "Read")


def render_users(pipeline: Pipeline) -> tuple[Manifest, ...]:
    """Users of the simulators, of the sink, and of the two tools that people run: DLQ replay and audit."""
    producers = tuple(
        _user(pipeline, simulator.component, _topic_acls((*simulator.topics, LEDGER_TOPIC), WRITE))
        for simulator in simulators_of(pipeline.spec)
    )
    return (*producers, _sink_user(pipeline), _replayer_user(pipeline), _auditor_user(pipeline))


def _sink_user(pipeline: Pipeline) -> Manifest:
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), READ),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), WRITE),
        _group_acl(pipeline, names.KAFKA_TO_BRONZE),
    ]
    return _user(pipeline, names.KAFKA_TO_BRONZE, acls)


def _replayer_user(pipeline: Pipeline) -> Manifest:
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), WRITE),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), READ),
        _group_acl(pipeline, names.DLQ_REPLAYER),
    ]
    return _user(pipeline, names.DLQ_REPLAYER, acls)


def _auditor_user(pipeline: Pipeline) -> Manifest:
    """Balances the ledger against topics and tables: it reads the ledger and dead letters, never an event."""
    acls = [
        *_topic_acls(pipeline.topic_names(TopicRole.EVENTS), ("Describe",)),
        *_topic_acls(pipeline.topic_names(TopicRole.DEAD_LETTERS), READ),
        *_topic_acls(pipeline.topic_names(TopicRole.LEDGER), READ),
        _group_acl(pipeline, names.AUDITOR),
    ]
    return _user(pipeline, names.AUDITOR, acls)


def _topic_acls(topics: Iterable[str], operations: Iterable[str]) -> list[Acl]:
    return [
        {
            "resource": {"type": "topic", "name": topic, "patternType": "literal"},
            "operations": list(operations),
        }
        for topic in topics
    ]


def _group_acl(pipeline: Pipeline, component: str) -> Acl:
    group = names.consumer_group(pipeline.name, component)
    return {"resource": {"type": "group", "name": group, "patternType": "literal"}, "operations": list(READ)}


def _user(pipeline: Pipeline, component: str, acls: list[Acl]) -> Manifest:
    spec = {
        "authentication": {"type": "scram-sha-512"},
        "authorization": {"type": "simple", "acls": acls},
    }
    return child(
        pipeline,
        names.KAFKA_USER,
        names.component(pipeline.name, component),
        Stage.USERS,
        {"spec": spec},
        role=component,
        extra_labels=of_kafka(pipeline),
    )
