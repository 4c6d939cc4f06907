"""Rendered children against the CRDs that Strimzi publishes, closed as an API server closes them."""

from functools import cache

import jsonschema
import pytest
import yaml
from closed_schema import closed
from operator_fixtures import SAMPLE_NAMES, changed, endpoints_of, pipeline_of, sample

from local.artefacts.strimzi_crds import KIND_BY_CLASS, strimzi_crds
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.spec.kafka import METADATA_VERSION_BY_KAFKA_VERSION

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

STRIMZI_KINDS = frozenset(KIND_BY_CLASS.values())


@cache
def validator(kind: str, version: str) -> jsonschema.Draft202012Validator:
    crd = yaml.safe_load(strimzi_crds()[kind].read_text())
    served = {found["name"]: found for found in crd["spec"]["versions"] if found["served"]}
    return jsonschema.Draft202012Validator(closed(served[version]["schema"]["openAPIV3Schema"]))


def problems(manifest: Manifest) -> list[str]:
    group, version = manifest["apiVersion"].split("/")
    assert group == "kafka.strimzi.io"
    content = {key: value for key, value in manifest.items() if key != "metadata"}
    return [
        f"{error.json_path}: {error.message}" for error in validator(manifest["kind"], version).iter_errors(content)
    ]


def strimzi_children(resource: Manifest) -> list[Manifest]:
    pipeline = pipeline_of(resource)
    return [child for child in render(pipeline, endpoints_of(pipeline)) if child["kind"] in STRIMZI_KINDS]


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_strimzi_accepts_every_child_of_a_sample(name: str) -> None:
    children = strimzi_children(sample(name))
    assert {child["kind"] for child in children} == STRIMZI_KINDS
    for child in children:
        assert problems(child) == [], child["metadata"]["name"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.kafka.tls", False),
        ("spec.kafka.storage.storageClass", "fast"),
        ("spec.kafka.brokers", 3),
        ("spec.deletionPolicy", "Delete"),
        ("spec.kafka.topics.overrides", {"call_events": {"partitions": 9, "retentionHours": 1}}),
    ],
)
def test_strimzi_accepts_the_variants_of_the_spec(path: str, value: object) -> None:
    for child in strimzi_children(changed(sample("demo"), path, value)):
        assert problems(child) == [], child["metadata"]["name"]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Kafka", "spec.kafka.replicas", 3),  # of the API before v1
        ("Kafka", "spec.kafka.listeners", []),
        ("KafkaTopic", "spec.partitions", "3"),
        ("KafkaNodePool", "spec.roles", ["observer"]),
        ("KafkaUser", "spec.authentication.type", "scram-sha-1"),
    ],
)
def test_the_check_sees_what_strimzi_would_refuse(kind: str, path: str, value: object) -> None:
    child = next(child for child in strimzi_children(sample("demo")) if child["kind"] == kind)
    assert problems(changed(child, path, value)) != []


def test_every_kafka_version_of_the_spec_has_a_metadata_version() -> None:
    for version, metadata_version in METADATA_VERSION_BY_KAFKA_VERSION.items():
        assert metadata_version.startswith(version.rsplit(".", 1)[0] + "-IV")
