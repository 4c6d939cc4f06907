"""What the rendered Kafka promises: its nodes, its topics, and users with no more rights than they use."""

import pytest
import yaml
from operator_fixtures import changed, sample
from rendered_demo import DEAD_LETTERS, DEMO, EVENTS, containers_by_workload, of_kind, rendered, rights

# Rights by user: operation and topic or group.
CDR_RIGHTS = {
    f"{operation} topic {topic}"
    for operation in ("Describe", "Write")
    for topic in ("call_events", "data_session_events", "sms_events", "event_ledger")
}
EXPECTED_RIGHTS = {
    "demo-cdr-producer": CDR_RIGHTS,
    "demo-cdr-history": CDR_RIGHTS,
    "demo-network-probe-producer": {
        f"{operation} topic {topic}"
        for operation in ("Describe", "Write")
        for topic in ("network_probe_events", "event_ledger")
    },
}


def test_every_topic_of_events_has_a_dead_letter_topic() -> None:
    topics = {topic["spec"]["topicName"] for topic in of_kind(rendered(DEMO), "KafkaTopic").values()}
    assert topics == {*EVENTS, *DEAD_LETTERS, "event_ledger"}


def test_only_the_ledger_is_compacted() -> None:
    for topic in of_kind(rendered(DEMO), "KafkaTopic").values():
        is_ledger = topic["spec"]["topicName"] == "event_ledger"
        assert topic["spec"]["config"]["cleanup.policy"] == ("compact" if is_ledger else "delete")
        assert ("retention.ms" in topic["spec"]["config"]) != is_ledger


def test_producers_may_only_write_their_topics_and_the_ledger() -> None:
    users = of_kind(rendered(DEMO), "KafkaUser")
    for name, expected in EXPECTED_RIGHTS.items():
        assert set(rights(users[name])) == expected


def test_the_sink_reads_events_and_writes_dead_letters_only() -> None:
    sink = set(rights(of_kind(rendered(DEMO), "KafkaUser")["demo-kafka-to-bronze"]))
    assert {right for right in sink if right.startswith("Write")} == {f"Write topic {topic}" for topic in DEAD_LETTERS}
    assert {right for right in sink if right.startswith("Read")} == {
        *(f"Read topic {topic}" for topic in EVENTS),
        "Read group demo-kafka-to-bronze",
    }


def test_the_auditor_reads_no_event_and_writes_nothing() -> None:
    auditor = set(rights(of_kind(rendered(DEMO), "KafkaUser")["demo-auditor"]))
    assert not any(right.startswith("Write") for right in auditor)
    assert not auditor & {f"Read topic {topic}" for topic in EVENTS}


def test_no_right_is_for_a_prefix_or_for_all() -> None:
    for user in of_kind(rendered(DEMO), "KafkaUser").values():
        for acl in user["spec"]["authorization"]["acls"]:
            assert acl["resource"]["patternType"] == "literal"
            assert acl["resource"]["name"] != "*"
            assert "All" not in acl["operations"]


def test_each_pod_logs_in_as_the_user_of_its_component() -> None:
    manifests = rendered(DEMO)
    users = of_kind(manifests, "KafkaUser")
    for name, container in containers_by_workload(manifests):
        password = next(variable for variable in container["env"] if variable["name"] == "KAFKA_PASSWORD")
        assert password["valueFrom"]["secretKeyRef"] == {"name": name, "key": "password"}
        assert name in users


def test_kafka_never_makes_a_topic_by_itself_and_checks_who_calls() -> None:
    (kafka,) = of_kind(rendered(DEMO), "Kafka").values()
    assert kafka["spec"]["kafka"]["config"]["auto.create.topics.enable"] is False
    assert kafka["spec"]["kafka"]["authorization"] == {"type": "simple"}
    assert all(listener["authentication"] for listener in kafka["spec"]["kafka"]["listeners"])
    assert kafka["spec"]["entityOperator"] == {"topicOperator": {}, "userOperator": {}}


def test_production_keeps_two_confirmed_copies_of_every_record() -> None:
    manifests = rendered(sample("production"))
    for topic in of_kind(manifests, "KafkaTopic").values():
        assert topic["spec"]["replicas"] == 3
        assert topic["spec"]["config"]["min.insync.replicas"] == 2
    pools = of_kind(manifests, "KafkaNodePool")
    assert {pool["spec"]["roles"][0]: pool["spec"]["replicas"] for pool in pools.values()} == {
        "controller": 3,
        "broker": 3,
    }


@pytest.mark.parametrize("name", ["demo", "production"])
def test_growing_the_brokers_leaves_the_controllers_as_they_are(name: str) -> None:
    """Strimzi cannot change the number of controllers of a running cluster."""

    def nodes(brokers: int, role: str) -> int:
        pools = of_kind(rendered(changed(sample(name), "spec.kafka.brokers", brokers)), "KafkaNodePool").values()
        return sum(pool["spec"]["replicas"] for pool in pools if role in pool["spec"]["roles"])

    assert nodes(3, "controller") == nodes(9, "controller")
    assert (nodes(3, "broker"), nodes(9, "broker")) == (3, 9)


def test_java_heap_leaves_half_of_the_memory_to_the_page_cache() -> None:
    (pool,) = of_kind(rendered(DEMO), "KafkaNodePool").values()
    assert (pool["spec"]["resources"]["limits"]["memory"], pool["spec"]["jvmOptions"]["-Xmx"]) == ("1Gi", "512m")


def test_without_tls_no_certificate_is_mounted_or_configured() -> None:
    manifests = rendered(changed(DEMO, "spec.kafka.tls", False))
    text = yaml.safe_dump_all(manifests)
    assert "kafka-ca" not in text
    assert '"ca_file": null' in of_kind(manifests, "ConfigMap")["demo-cdr-producer"]["data"]["settings.json"]
