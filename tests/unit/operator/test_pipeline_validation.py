"""What a person is told about a bad resource: the table is bad_resources/table.yaml."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from operator_fixtures import REPOSITORY, SAMPLE_NAMES, changed, sample
from strict_schema import closed

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.names import DNS_LABEL_MAX_LENGTH, POOLS, kafka_pod, longest_pipeline_name
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.validate import validate

DEMO = sample("demo")
CASES = yaml.safe_load((Path(__file__).parent / "bad_resources" / "table.yaml").read_text())
CRD = yaml.safe_load((REPOSITORY / "manifests" / "crd" / "telecompipelines.telecom.dev.yaml").read_text())
CRD_SCHEMA = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def removed(resource: Manifest, path: str) -> Manifest:
    copy = deepcopy(resource)
    *parents, last = path.split(".")
    node = copy
    for key in parents:
        node = node.get(key, {})
    node.pop(last, None)
    return copy


def bad_resource(case: dict[str, Any]) -> Manifest:
    resource = DEMO
    for path in case.get("remove", ()):
        resource = removed(resource, path)
    for path, value in case.get("set", {}).items():
        resource = changed(resource, path, value)
    return resource


def accepted_spec(case: dict[str, Any]) -> dict[str, Any] | None:
    if "accepted" not in case:
        return None
    resource = DEMO
    for path, value in case["accepted"].items():
        resource = changed(resource, path, value)
    assert isinstance(validate(resource), Pipeline)
    spec: dict[str, Any] = resource["spec"]
    return spec


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["mistake"])
def test_every_problem_is_reported_with_its_path(case: dict[str, Any]) -> None:
    outcome = validate(bad_resource(case), accepted_spec(case))
    assert not isinstance(outcome, Pipeline)
    assert [str(problem) for problem in outcome] == case["problems"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["mistake"])
def test_the_crd_refuses_what_its_schema_can_see_and_nothing_else(case: dict[str, Any]) -> None:
    assert accepts_crd(bad_resource(case)) == (case.get("crd") != "refuses")


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_models_and_crd_accept_the_samples(name: str) -> None:
    assert isinstance(validate(sample(name)), Pipeline)
    assert accepts_crd(sample(name))


@pytest.mark.parametrize("resource", [{}, {"spec": 3}, {"spec": None}, {"metadata": [], "spec": []}])
def test_nonsense_is_reported_not_raised(resource: dict[str, Any]) -> None:
    assert not isinstance(validate(resource), Pipeline)


def test_the_longest_name_gives_valid_names_and_one_more_would_not() -> None:
    longest = max(len(kafka_pod("x" * longest_pipeline_name(), pool, 999)) for pool in POOLS)
    assert longest <= DNS_LABEL_MAX_LENGTH < longest + 2  # the pipeline is twice in a pod's name
    assert isinstance(validate(changed(DEMO, "metadata.name", "x" * longest_pipeline_name())), Pipeline)


def test_growing_a_pipeline_is_allowed() -> None:
    bigger = DEMO
    for path, value in {
        "spec.kafka.brokers": 3,
        "spec.kafka.storage.size": "1Ti",
        "spec.kafka.topics.partitions": 6,
        "spec.bronze.replicas": 6,
    }.items():
        bigger = changed(bigger, path, value)
    assert isinstance(validate(bigger, DEMO["spec"]), Pipeline)


def accepts_crd(resource: Manifest) -> bool:
    """Whether an API server's schema check with strict field validation, kubectl's default, lets it through."""
    spec = {**CRD_SCHEMA["properties"]["spec"]}
    return not list(jsonschema.Draft202012Validator(closed(spec)).iter_errors(resource.get("spec")))
