"""`telecom alerts --follow` shows committed alerts, those that are there and those to come."""

from collections.abc import Generator
from pathlib import Path
from typing import cast

import pytest
from confluent_kafka import Producer
from engines import KAFKA_NAME, NAMESPACE, KafkaEngine
from freezer_lab import alert_of

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from telecom.audit.alerts import read_alerts

pytestmark = pytest.mark.engine


class WithTlsFirst:
    """The store as a pipeline's looks: its Kafka has one listener, with TLS."""

    def __init__(self, store: SqliteCluster) -> None:
        self._store = store

    def get(self, ref: Ref) -> Manifest | None:
        found = self._store.get(ref)
        if found is not None and ref.kind == names.KAFKA:
            found["status"]["listeners"] = [
                entry for entry in found["status"]["listeners"] if entry["name"] == "secure"
            ]
        return found


def acl(resource: str, name: str) -> dict[str, object]:
    operations = ["Describe", "Read"]
    return {"resource": {"type": resource, "name": name, "patternType": "literal"}, "operations": operations}


def send(kafka: KafkaEngine, *values: bytes) -> None:
    producer = Producer(kafka.client_settings())
    for value in values:
        producer.produce(FraudAlert.topic, value)
    assert producer.flush(30) == 0


def test_alerts_are_shown_as_they_come_and_what_is_none_is_left_out(kafka: KafkaEngine, tmp_path: Path) -> None:
    user = names.component(KAFKA_NAME, names.ALERT_READER)
    kafka.create_topic(FraudAlert.topic)
    kafka.create_user(user, [acl("topic", FraudAlert.topic), acl("group", user)])
    early, late = (alert_of(event_id, "12065550123") for event_id in ("early", "late"))
    send(kafka, b"{broken", early.model_dump_json().encode())

    store = cast(SqliteCluster, WithTlsFirst(kafka.cluster.store))
    shown = read_alerts(store, Ref(TELECOM_PIPELINE, NAMESPACE, KAFKA_NAME), tmp_path, follow=True)
    assert next(shown) == early
    send(kafka, late.model_dump_json().encode())
    assert next(shown) == late
    cast("Generator[FraudAlert, None, None]", shown).close()
