"""What rendering promises, whatever the goldens say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from operator_fixtures import SAMPLE_NAMES, changed, endpoints_of, pipeline_of, sample, without

from contracts.settings import CdrProducerSettings, NetworkProbeProducerSettings, SinkSettings
from operators.telecom_pipeline.objects.labels import NAME_LABEL, PIPELINE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.objects.names import CHILD_KINDS
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render import missing_endpoints, render

# What fraud detection adds is in test_rendered_fraud_detection.py.
DEMO = without(sample("demo"), "fraudDetection")
SETTINGS_MODELS = {
    "demo-kafka-to-bronze": SinkSettings,
    "demo-cdr-producer": CdrProducerSettings,
    "demo-network-probe-producer": NetworkProbeProducerSettings,
}
# Rights by user: operation and topic or group.
EXPECTED_RIGHTS = {
    "demo-cdr-producer": {
        f"{operation} topic {topic}"
        for operation in ("Describe", "Write")
        for topic in ("call_events", "data_session_events", "sms_events", "event_ledger")
    },
    "demo-network-probe-producer": {
        f"{operation} topic {topic}"
        for operation in ("Describe", "Write")
        for topic in ("network_probe_events", "event_ledger")
    },
}
EVENTS = ("call_events", "data_session_events", "sms_events", "network_probe_events")
DEAD_LETTERS = tuple(f"{topic}_dlq" for topic in EVENTS)


def rendered(resource: Manifest) -> tuple[Manifest, ...]:
    pipeline = pipeline_of(resource)
    return render(pipeline, endpoints_of(pipeline))


def of_kind(manifests: tuple[Manifest, ...], *kinds: str) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] in kinds}


def pod_templates(manifests: tuple[Manifest, ...]) -> dict[str, Any]:
    workloads = of_kind(manifests, "Deployment", "Job")
    return {name: workload["spec"]["template"] for name, workload in workloads.items()}


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_rendering_twice_is_byte_equal(name: str) -> None:
    first, second = (json.dumps(rendered(sample(name))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_every_child_has_a_place_of_its_own_and_a_kind_that_is_observed(name: str) -> None:
    refs = [ref_of(manifest) for manifest in rendered(sample(name))]
    assert len(refs) == len(set(refs))
    assert {ref.kind for ref in refs} <= set(CHILD_KINDS)


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_every_child_says_whose_it_is_and_when_it_starts(name: str) -> None:
    for manifest in rendered(sample(name)):
        labels = manifest["metadata"]["labels"]
        assert labels[PIPELINE_LABEL] == name
        assert labels["telecom.dev/stage"] in set(Stage)
        assert all(isinstance(value, str) and len(value) <= 63 for value in labels.values())


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_names_stay_valid_for_the_longest_pipeline_name(name: str) -> None:
    for manifest in rendered(changed(sample(name), "metadata.name", "x" * 23)):
        limit = 63 if manifest["kind"] in ("Deployment", "Job", "Kafka", "KafkaNodePool") else 253
        assert len(manifest["metadata"]["name"]) <= limit


def test_selectors_match_the_labels_of_the_pods() -> None:
    for deployment in of_kind(rendered(DEMO), "Deployment").values():
        selector = deployment["spec"]["selector"]["matchLabels"].items()
        assert selector <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_selectors_tell_components_apart() -> None:
    templates = pod_templates(rendered(DEMO)).values()
    names = [template["metadata"]["labels"][NAME_LABEL] for template in templates]
    assert len(names) == len(set(names)) == 3


def test_no_credential_is_in_a_manifest() -> None:
    for container in containers(rendered(DEMO)):
        for variable in container["env"]:
            is_secret = any(word in variable["name"] for word in ("PASSWORD", "SECRET", "TOKEN", "KEY", "USERNAME"))
            assert ("valueFrom" in variable) == is_secret, variable
    assert not of_kind(rendered(DEMO), "Secret")
    assert not of_kind(rendered(DEMO), "Secret")


def test_pods_keep_to_the_restricted_security_standard() -> None:
    for name, template in pod_templates(rendered(DEMO)).items():
        spec = template["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"requests", "limits"} <= container["resources"].keys()


def test_probes_and_the_metrics_variable_use_the_named_port() -> None:
    for container in containers(rendered(DEMO)):
        (port,) = container["ports"]
        variable = next(variable for variable in container["env"] if variable["name"] == "METRICS_PORT")
        assert variable["value"] == str(port["containerPort"])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] == port["name"]


def test_every_mount_has_its_volume() -> None:
    for template in pod_templates(rendered(DEMO)).values():
        volumes = {volume["name"] for volume in template["spec"]["volumes"]}
        mounts = {mount["name"] for container in template["spec"]["containers"] for mount in container["volumeMounts"]}
        assert mounts == volumes


def test_settings_files_are_what_the_jobs_read() -> None:
    config_maps = of_kind(rendered(DEMO), "ConfigMap")
    for name, model in SETTINGS_MODELS.items():
        model.model_validate_json(config_maps[name]["data"]["settings.json"])


def test_settings_carry_the_values_of_the_spec() -> None:
    config_maps = of_kind(rendered(DEMO), "ConfigMap")
    settings = SinkSettings.model_validate_json(config_maps["demo-kafka-to-bronze"]["data"]["settings.json"])
    assert settings.commit_interval_seconds == DEMO["spec"]["bronze"]["commitIntervalSeconds"]
    assert settings.commit_bytes == 64 * 1024 * 1024
    assert settings.topics == EVENTS
    assert settings.s3.warehouse == "s3://lakehouse"


def test_a_change_of_settings_rolls_the_pods() -> None:
    def digest(resource: Manifest) -> str:
        template = pod_templates(rendered(resource))["demo-kafka-to-bronze"]
        value: str = template["metadata"]["annotations"]["telecom.dev/settings-digest"]
        return value

    assert digest(DEMO) != digest(changed(DEMO, "spec.bronze.commitIntervalSeconds", 3))
    assert digest(DEMO) == digest(changed(DEMO, "spec.kafka.topics.retentionHours", 3))


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("spec.sources.cdr.simulator.seed", 7, {"ConfigMap/demo-cdr-producer", "Job/demo-cdr-producer"}),
        (
            "spec.bronze.commitIntervalSeconds",
            7,
            {"ConfigMap/demo-kafka-to-bronze", "Deployment/demo-kafka-to-bronze"},
        ),
        ("spec.kafka.topics.overrides", {"sms_events": {"partitions": 6}}, {"KafkaTopic/demo-sms-events"}),
        ("spec.kafka.storage.size", "20Gi", {"KafkaNodePool/demo-dual-role"}),
        ("spec.paused", True, set()),
    ],
)
def test_a_change_touches_only_the_children_that_it_is_about(path: str, value: object, expected: set[str]) -> None:
    before, after = (
        {f"{manifest['kind']}/{manifest['metadata']['name']}": manifest for manifest in rendered(resource)}
        for resource in (DEMO, changed(DEMO, path, value))
    )
    touched = {name for name in before if before[name] != after[name]}
    assert touched - {"ConfigMap/demo-accepted-spec"} == expected


def test_a_bounded_source_is_a_job_and_an_unbounded_one_a_deployment() -> None:
    assert "demo-cdr-producer" in of_kind(rendered(DEMO), "Job")
    unbounded = rendered(changed(DEMO, "spec.sources.cdr.simulator", {}))
    assert "demo-cdr-producer" in of_kind(unbounded, "Deployment")
    assert "demo-cdr-producer" not in of_kind(unbounded, "Job")


def test_a_source_without_a_simulator_has_topics_and_no_process() -> None:
    manifests = rendered(sample("production"))
    assert "production-call-events" in of_kind(manifests, "KafkaTopic")
    assert set(of_kind(manifests, "Deployment", "Job")) == {"production-kafka-to-bronze"}


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
    assert "ca.crt" not in text
    assert '"ca_file": null' in of_kind(manifests, "ConfigMap")["demo-cdr-producer"]["data"]["settings.json"]


def test_nothing_is_rendered_for_an_endpoint_that_is_not_known() -> None:
    pipeline = pipeline_of(DEMO)
    assert not of_kind(render(pipeline, Endpoints()), "Deployment", "Job")
    assert missing_endpoints(pipeline, Endpoints()) == {
        Stage.BRONZE: (
            "Kafka's bootstrap servers",
            "the endpoint of the object store",
            "the place of the catalog",
        ),
        Stage.TRANSFORM: (
            "the endpoint of the object store",
            "the place of the catalog",
            "the place of Trino",
            "the place of the CRM database",
        ),
        Stage.SOURCES: ("Kafka's bootstrap servers",),
    }


def test_known_endpoints_are_missing_nowhere() -> None:
    pipeline: Pipeline = pipeline_of(DEMO)
    assert missing_endpoints(pipeline, endpoints_of(pipeline)) == {}


def containers_by_workload(manifests: tuple[Manifest, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, template in pod_templates(manifests).items():
        for container in template["spec"]["containers"]:
            yield name, container


def containers(manifests: tuple[Manifest, ...]) -> list[dict[str, Any]]:
    return [container for _, container in containers_by_workload(manifests)]


def rights(user: Manifest) -> Iterator[str]:
    for acl in user["spec"]["authorization"]["acls"]:
        for operation in acl["operations"]:
            yield f"{operation} {acl['resource']['type']} {acl['resource']['name']}"
