"""A Kafka resource becomes the brokers' configuration, a KafkaTopic the changes of a topic."""

from pathlib import Path
from typing import Any

import pytest

from local.adapters.adapter import ManifestError
from local.adapters.kafka.nodes import Node, assign_node_ids, plan_nodes
from local.adapters.kafka.properties import NodeFiles, server_properties
from local.adapters.kafka.topic import NotSupportedError, Topic, check_supported, config_changes
from local.adapters.kafka.user import wanted_acls

FILES = NodeFiles(Path("/data"), Path("/server.pem"))
PASSWORD = "internal-password"


def pool(name: str, replicas: int, *roles: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"replicas": replicas, "roles": list(roles)}}


def kafka(**spec: Any) -> dict[str, Any]:
    listener = {"name": "clients", "port": 9093, "tls": True, "authentication": {"type": "scram-sha-512"}}
    return {"metadata": {"name": "k"}, "spec": {"kafka": {"listeners": [listener], **spec}}}


def nodes(resource: dict[str, Any], *pools: dict[str, Any]) -> list[Node]:
    ids = assign_node_ids(pools, {})
    return plan_nodes(resource, pools, ids, lambda node_id, name: 20000 + node_id * 10 + len(name) % 10, "512m")


def properties(**spec: Any) -> dict[str, str]:
    resource = kafka(**spec)
    all_nodes = nodes(resource, pool("a", 1, "controller", "broker"))
    return server_properties(resource, all_nodes[0], all_nodes, FILES, PASSWORD)


def test_settings_of_the_resource_are_taken_as_java_writes_them() -> None:
    found = properties(config={"auto.create.topics.enable": False, "min.insync.replicas": 2})
    assert (found["auto.create.topics.enable"], found["min.insync.replicas"]) == ("false", "2")


@pytest.mark.parametrize("key", ["super.users", "listeners", "log.dirs", "sasl.enabled.mechanisms", "node.id"])
def test_settings_that_belong_to_the_operator_are_not_taken(key: str) -> None:
    assert properties(config={key: "mine"}).get(key) != "mine"


def test_a_listener_with_scram_and_tls_has_both() -> None:
    found = properties()
    assert "CLIENTS-9093:SASL_SSL" in found["listener.security.protocol.map"]
    assert found["listener.name.clients-9093.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"
    assert found["listener.name.clients-9093.ssl.keystore.location"] == "/server.pem"


def test_every_listener_is_on_loopback() -> None:
    found = properties()
    for key in ("listeners", "advertised.listeners"):
        assert all("://127.0.0.1:" in address for address in found[key].split(","))


def test_simple_authorization_is_enforced_by_kafka() -> None:
    found = properties(authorization={"type": "simple", "superUsers": ["admin"]})
    assert found["authorizer.class.name"].endswith("StandardAuthorizer")
    assert found["super.users"] == "User:telecom-internal;User:admin"
    assert "authorizer.class.name" not in properties()


def test_what_only_a_real_strimzi_can_do_is_refused() -> None:
    with pytest.raises(ManifestError, match="authorization type custom"):
        properties(authorization={"type": "custom"})


def test_brokers_and_controllers_of_their_own_share_one_quorum() -> None:
    resource = kafka()
    planned = nodes(resource, pool("b", 2, "broker"), pool("c", 3, "controller"))
    broker, controller = planned[0], planned[2]
    of_broker = server_properties(resource, broker, planned, FILES, PASSWORD)
    of_controller = server_properties(resource, controller, planned, FILES, PASSWORD)
    assert of_broker["controller.quorum.voters"] == of_controller["controller.quorum.voters"]
    assert [voter.split("@")[0] for voter in of_broker["controller.quorum.voters"].split(",")] == ["2", "3", "4"]
    assert of_controller["process.roles"] == "controller" and "advertised.listeners" not in of_controller


def test_a_kafka_without_controllers_is_refused() -> None:
    with pytest.raises(ManifestError, match="none of its 1 node pools has the role controller"):
        nodes(kafka(), pool("b", 1, "broker"))


def test_nodes_keep_their_ids_when_pools_grow_and_shrink() -> None:
    first = assign_node_ids([pool("a", 2, "broker"), pool("b", 1, "broker")], {})
    assert first == {"a": [0, 1], "b": [2]}
    grown = assign_node_ids([pool("a", 3, "broker"), pool("b", 1, "broker")], first)
    assert grown == {"a": [0, 1, 3], "b": [2]}
    assert assign_node_ids([pool("a", 1, "broker"), pool("b", 1, "broker")], grown) == {"a": [0], "b": [2]}


def test_a_topic_setting_that_is_no_longer_written_returns_to_the_default() -> None:
    assert config_changes({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == {"a": None, "b": "3", "c": "4"}


def test_a_topic_may_grow_but_neither_shrink_nor_change_its_replicas() -> None:
    found = Topic("t", 3, 1, {})
    check_supported(found, Topic("t", 4, 1, {}))
    with pytest.raises(NotSupportedError, match="Decreasing partitions"):
        check_supported(found, Topic("t", 2, 1, {}))
    with pytest.raises(NotSupportedError, match="Replication factor"):
        check_supported(found, Topic("t", 3, 2, {}))


def test_each_operation_of_an_acl_is_one_binding_of_kafka() -> None:
    acl = {
        "resource": {"type": "topic", "name": "t", "patternType": "prefix"},
        "operations": ["Read", "DescribeConfigs"],
    }
    user = {"metadata": {"name": "u"}, "spec": {"authorization": {"acls": [acl]}}}
    found = {(binding.name, binding.principal, binding.operation.name) for binding in wanted_acls(user)}
    assert found == {("t", "User:u", "READ"), ("t", "User:u", "DESCRIBE_CONFIGS")}
    assert {binding.resource_pattern_type.name for binding in wanted_acls(user)} == {"PREFIXED"}


def test_metrics_are_told_on_loopback_as_far_as_the_resource_allows() -> None:
    found = properties(metricsConfig={"type": "strimziMetricsReporter", "values": {"allowList": ["a.*", "b"]}})
    assert found["prometheus.metrics.reporter.listener"].startswith("http://127.0.0.1:2000")
    assert found["prometheus.metrics.reporter.allowlist"] == "a.*,b"
    assert "metric.reporters" not in properties()


def test_metrics_by_a_jmx_exporter_are_refused_by_name() -> None:
    with pytest.raises(ManifestError, match="jmxPrometheusExporter"):
        properties(metricsConfig={"type": "jmxPrometheusExporter"})
