"""What rendering promises, whatever the goldens say."""

import json

import pytest
from operator_fixtures import SAMPLE_NAMES, changed, endpoints_of, pipeline_of, sample
from rendered_demo import (
    DEMO,
    EVENTS,
    containers,
    of_kind,
    pod_templates,
    rendered,
)

from contracts.settings import CdrHistorySettings, CdrProducerSettings, NetworkProbeProducerSettings, SinkSettings
from operators.telecom_pipeline.objects.labels import NAME_LABEL, PIPELINE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.objects.names import CHILD_KINDS
from operators.telecom_pipeline.pipeline.endpoints import Endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render import missing_endpoints, render

SETTINGS_MODELS = {
    "demo-kafka-to-bronze": SinkSettings,
    "demo-cdr-producer": CdrProducerSettings,
    "demo-cdr-history": CdrHistorySettings,
    "demo-network-probe-producer": NetworkProbeProducerSettings,
}


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
    assert len(names) == len(set(names)) == 4


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
        ("spec.sources.cdr.simulator.durationSeconds", 7, {"ConfigMap/demo-cdr-producer", "Job/demo-cdr-producer"}),
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


def test_nothing_is_rendered_for_an_endpoint_that_is_not_known() -> None:
    pipeline = pipeline_of(DEMO)
    assert not of_kind(render(pipeline, Endpoints()), "Deployment", "Job")
    assert missing_endpoints(pipeline, Endpoints()) == {
        Stage.BRONZE: (
            "Kafka's bootstrap servers",
            "the endpoint of the object store",
            "the address of the catalog",
        ),
        Stage.TRANSFORM: (
            "the endpoint of the object store",
            "the address of the catalog",
            "the address of Trino",
            "the address of the CRM database",
        ),
        Stage.HISTORY: ("Kafka's bootstrap servers",),
        Stage.SOURCES: ("Kafka's bootstrap servers",),
    }


def test_known_endpoints_are_missing_nowhere() -> None:
    pipeline: Pipeline = pipeline_of(DEMO)
    assert missing_endpoints(pipeline, endpoints_of(pipeline)) == {}
