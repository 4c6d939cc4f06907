"""Kafka, its topics and its users behave as their resources say, on a real broker."""

import uuid
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from engines import (
    KAFKA_NAME,
    NAMESPACE,
    START_SECONDS,
    KafkaEngine,
    condition_of,
    has_settled,
    is_ready,
    log_end,
    wait_until,
)

from local.cluster.local_cluster import LocalCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.objects.upstream import STRIMZI_CLUSTER_LABEL

pytestmark = pytest.mark.engine


def acl(resource: str, name: str, *operations: str) -> dict[str, object]:
    return {"resource": {"type": resource, "name": name, "patternType": "literal"}, "operations": list(operations)}


def send(settings: dict[str, object], topic: str) -> KafkaError | None:
    """Send one record; the broker's refusal, or None."""
    outcome: list[KafkaError | None] = []
    producer = Producer({**settings, "message.timeout.ms": 4000, "log_level": 0})
    producer.produce(topic, b"x", on_delivery=lambda error, _: outcome.append(error))
    producer.flush(20)
    return outcome[0]


def is_refused(settings: dict[str, object], topic: str) -> bool:
    """Whether the broker says that the user may not write there."""
    error = send(settings, topic)
    return error is not None and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_a_user_may_do_what_its_acls_say_and_nothing_else(kafka: KafkaEngine, unique_name: str) -> None:
    allowed, forbidden = f"{unique_name}a", f"{unique_name}b"
    kafka.create_topic(allowed)
    kafka.create_topic(forbidden)
    kafka.create_user(unique_name, [acl("topic", allowed, "Write", "Describe")])
    settings = kafka.client_settings(unique_name)
    wait_until(lambda: send(settings, allowed) is None, "the broker knows the right")
    assert is_refused(settings, forbidden)


def test_a_right_taken_from_the_resource_is_taken_from_the_user(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name)
    kafka.create_user(unique_name, [acl("topic", unique_name, "Write")])
    settings = kafka.client_settings(unique_name)
    wait_until(lambda: send(settings, unique_name) is None, "the broker knows the right")
    kafka.create_user(unique_name, [acl("topic", unique_name, "Describe")])
    wait_until(lambda: is_refused(settings, unique_name), "the broker knows that the right is gone")


def test_a_wrong_password_is_refused(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_user(unique_name)
    errors: list[KafkaError] = []
    settings = kafka.client_settings(unique_name, password="wrong")
    consumer = Consumer({**settings, "group.id": unique_name, "error_cb": errors.append, "log_level": 0})
    with pytest.raises(KafkaException):
        consumer.list_topics(timeout=5)
    consumer.close()
    assert any(error.code() == KafkaError._AUTHENTICATION for error in errors)


def test_the_tls_listener_speaks_tls_with_the_published_authority(
    kafka: KafkaEngine, unique_name: str, tmp_path: Path
) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text(kafka.certificate())
    secure = {
        **kafka.client_settings(),
        "bootstrap.servers": kafka.bootstrap_servers("secure"),
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": str(authority),
    }
    kafka.create_topic(unique_name)
    assert send(secure, unique_name) is None
    plain = {**secure, "security.protocol": "SASL_PLAINTEXT"}
    assert send(plain, unique_name) is not None


def test_a_topic_grows_and_changes_its_settings(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name, partitions=1, config={"retention.ms": 60000, "cleanup.policy": "compact"})
    kafka.create_topic(unique_name, partitions=3, config={"retention.ms": 120000})
    client = AdminClient(kafka.client_settings())
    assert len(client.list_topics(unique_name, timeout=10).topics[unique_name].partitions) == 3
    resource = ConfigResource(ResourceType.TOPIC, unique_name)
    settings = client.describe_configs([resource])[resource].result(10)
    assert settings["retention.ms"].value == "120000"
    assert settings["cleanup.policy"].value == "delete"


def test_a_topic_that_would_shrink_says_so_and_keeps_its_partitions(kafka: KafkaEngine, unique_name: str) -> None:
    ref = kafka.create_topic(unique_name, partitions=2)
    store = kafka.cluster.store
    stored = store.get(ref)
    assert stored is not None
    store.apply({**stored, "spec": {**stored["spec"], "partitions": 1}})
    wait_until(lambda: has_settled(store.get(ref)), "the topic operator has seen the change")
    refused = condition_of(store.get(ref), "Ready")
    assert (refused["status"], refused["reason"]) == ("False", "NotSupported")
    assert "Decreasing partitions not supported" in refused["message"]
    client = AdminClient(kafka.client_settings())
    assert len(client.list_topics(unique_name, timeout=10).topics[unique_name].partitions) == 2


@pytest.mark.parametrize(("managed", "survives"), [("true", False), ("false", True)])
def test_deleting_the_resource_deletes_a_managed_topic_only(kafka: KafkaEngine, managed: str, survives: bool) -> None:
    name = f"t{uuid.uuid4().hex[:8]}"
    ref = kafka.create_topic(name)
    store = kafka.cluster.store
    stored = store.get(ref)
    assert stored is not None
    stored["metadata"]["annotations"] = {"strimzi.io/managed": managed}
    store.apply(stored)
    store.delete(ref)
    wait_until(lambda: store.get(ref) is None, f"{ref} is gone")
    client = AdminClient(kafka.client_settings())
    assert (name in client.list_topics(timeout=10).topics) is survives


def test_a_deleted_user_can_no_longer_log_in_and_its_secret_is_gone(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name)
    kafka.create_user(unique_name, [acl("topic", unique_name, "Write")])
    settings = kafka.client_settings(unique_name)
    ref = Ref(names.KAFKA_USER, NAMESPACE, unique_name)
    kafka.cluster.store.delete(ref)
    wait_until(lambda: kafka.cluster.store.get(ref) is None, f"{ref} is gone")
    assert kafka.cluster.store.get(Ref(names.SECRET, NAMESPACE, unique_name)) is None
    assert send(settings, unique_name) is not None


def test_a_user_without_its_kafka_waits(kafka: KafkaEngine, unique_name: str) -> None:
    ref = Ref(names.KAFKA_USER, NAMESPACE, unique_name)
    metadata = {"name": unique_name, "namespace": NAMESPACE, "labels": {STRIMZI_CLUSTER_LABEL: f"no-{KAFKA_NAME}"}}
    kafka.cluster.store.apply(
        {
            "apiVersion": ref.kind.api_version,
            "kind": ref.kind.name,
            "metadata": metadata,
            "spec": {"authentication": {"type": "scram-sha-512"}},
        }
    )
    kafka.create_user(f"{unique_name}b")
    waiting = kafka.cluster.store.get(ref)
    assert waiting is not None and "status" not in waiting
    kafka.cluster.store.delete(ref)
    wait_until(lambda: kafka.cluster.store.get(ref) is None, "a user without a Kafka can be deleted")


def test_a_killed_broker_comes_back_with_its_records(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name)
    assert send(kafka.client_settings(), unique_name) is None
    kafka.kill_broker()
    consumer = Consumer({**kafka.client_settings(), "group.id": unique_name, "auto.offset.reset": "earliest"})
    end = log_end(consumer, unique_name)
    consumer.close()
    assert end == 1


def test_pools_of_their_own_form_one_cluster_and_deleted_claims_delete_the_data(local_cluster: LocalCluster) -> None:
    name = f"k{uuid.uuid4().hex[:6]}"
    store, machine = local_cluster.store, local_cluster.machine
    api = names.KAFKA.api_version
    refs = []
    for pool, roles, replicas in (("controllers", ["controller"], 1), ("brokers", ["broker"], 2)):
        labels = {STRIMZI_CLUSTER_LABEL: name}
        metadata = {"name": f"{name}-{pool}", "namespace": NAMESPACE, "labels": labels}
        volume = {"id": 0, "type": "persistent-claim", "size": "1Gi", "deleteClaim": True}
        spec = {"replicas": replicas, "roles": roles, "storage": {"type": "jbod", "volumes": [volume]}}
        spec["jvmOptions"] = {"-Xmx": "256m"}
        store.apply({"apiVersion": api, "kind": "KafkaNodePool", "metadata": metadata, "spec": spec})
        refs.append(Ref(names.KAFKA_NODE_POOL, NAMESPACE, metadata["name"]))
    listener = {"name": "plain", "port": 9092, "type": "internal", "tls": False}
    ref = Ref(names.KAFKA, NAMESPACE, name)
    store.apply(
        {
            "apiVersion": api,
            "kind": "Kafka",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"kafka": {"listeners": [listener]}},
        }
    )
    wait_until(lambda: is_ready(store.get(ref)), f"{ref} is ready", START_SECONDS)
    status = store.get(ref)["status"]  # type: ignore[index]
    assert [pool["name"] for pool in status["kafkaNodePools"]] == [f"{name}-brokers", f"{name}-controllers"]
    admin = AdminClient({"bootstrap.servers": status["listeners"][0]["bootstrapServers"]})
    wait_until(lambda: len(admin.list_topics(timeout=10).brokers) == 2, "both brokers are in the cluster")
    admin.create_topics([NewTopic("t", 1, 2)])["t"].result(20)
    data = machine.state.kafka / f"{NAMESPACE}.{name}"
    assert list(data.glob("data-*/meta.properties"))
    for deleted in (ref, *refs):
        store.delete(deleted)
    wait_until(lambda: store.get(ref) is None, f"{ref} is gone", 60)
    assert not data.exists()
    assert not [
        record for record in machine.supervisor.records() if record.name.startswith(f"kafka.{NAMESPACE}.{name}.")
    ]
