"""The publisher brings the control topic to what is wanted, with no more rights than its user has in a pipeline."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition
from engines import KafkaEngine

from contracts.events import FraudRule
from contracts.fraud_rules import RuleDocument
from contracts.fraud_rules.publication import DesiredRule, RulesPublisherSettings
from local.supervisor.machine import base_environment

pytestmark = pytest.mark.engine

RUN_SECONDS = 120.0


def acl(resource: str, name: str, *operations: str) -> dict[str, Any]:
    return {"resource": {"type": resource, "name": name, "patternType": "literal"}, "operations": list(operations)}


def publish(kafka: KafkaEngine, topic: str, folder: Path, *rules: DesiredRule) -> str:
    """Run the publisher as its own user; its log."""
    settings = RulesPublisherSettings(kafka=kafka.connection(topic), rule_topic=topic, rules=rules)
    file = folder / "settings.json"
    file.write_text(settings.model_dump_json())
    done = subprocess.run(
        [sys.executable, "-m", "jobs.fraud_rules_publisher", "--settings", str(file)],
        env={**base_environment(), **kafka.environ(topic), "METRICS_HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def documents(kafka: KafkaEngine, topic: str) -> list[RuleDocument]:
    reader = {"group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer({**kafka.client_settings(), **reader})
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = []
    try:
        while (message := consumer.poll(10)) is not None and message.error() is None:
            found.append(RuleDocument.model_validate_json(message.value() or b""))
            assert message.key() == found[-1].rule.value.encode()
        assert message is not None, f"{topic} does not answer"
        return found
    finally:
        consumer.close()


def velocity(**parameters: Any) -> DesiredRule:
    return DesiredRule(rule=FraudRule.CALL_VELOCITY, enabled=True, parameters=parameters)


def test_what_differs_is_published_once_with_the_next_version(
    kafka: KafkaEngine, unique_name: str, tmp_path: Path
) -> None:
    topic = unique_name
    kafka.create_topic(topic, config={"cleanup.policy": "compact"})
    rights = [acl("topic", topic, "Describe", "Read", "Write"), acl("group", topic, "Describe", "Read")]
    kafka.create_user(topic, rights)

    publish(kafka, topic, tmp_path, velocity(max_calls=30))
    again = publish(kafka, topic, tmp_path, velocity(max_calls=30))
    publish(kafka, topic, tmp_path, velocity(max_calls=31))

    assert [(found.version, found.parameters.model_dump()["max_calls"]) for found in documents(kafka, topic)] == [
        (2, 30),
        (3, 31),
    ]
    assert json.loads(again.splitlines()[-1])["changed"] == 0
