"""Rendered FlinkDeployments against the CRD that the Flink operator publishes."""

from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml
from closed_schema import closed
from operator_fixtures import changed, endpoints_of, pipeline_of, sample

from local.artefacts.flink_crds import flink_crds
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.names import FLINK_DEPLOYMENT
from operators.telecom_pipeline.render import render

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

# The validator of the operator: a name becomes that of a Service (DefaultValidator.java).
LONGEST_NAME = 45


@cache
def validator() -> jsonschema.Draft202012Validator:
    crd = yaml.safe_load(flink_crds()["FlinkDeployment"].read_text())
    (version,) = (found for found in crd["spec"]["versions"] if found["name"] == "v1beta1" and found["served"])
    return jsonschema.Draft202012Validator(closed(version["schema"]["openAPIV3Schema"]))


def problems(manifest: Manifest) -> list[str]:
    # The schema names only `spec` and `status`; an API server knows the rest by itself.
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors({"spec": manifest["spec"]})]


def deployment_of(resource: Manifest) -> Manifest:
    pipeline = pipeline_of(resource)
    (found,) = (child for child in render(pipeline, endpoints_of(pipeline)) if child["kind"] == FLINK_DEPLOYMENT.name)
    return found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.desiredState", "Running"),
        ("spec.desiredState", "Suspended"),
        ("spec.kafka.tls", False),
        ("spec.fraudDetection.upgradeMode", "last-state"),
        ("spec.fraudDetection.autoscaler", {"enabled": "true", "utilization.target": "0.7"}),
        ("spec.fraudDetection.taskManager", {"slots": 4, "resources": {"cpu": "1500m", "memory": "2Gi"}}),
    ],
)
def test_flink_accepts_the_job_in_its_variants(path: str, value: object) -> None:
    assert problems(deployment_of(changed(sample("fraud"), path, value))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.flinkVersion", "v9_9"),
        ("spec.job.upgradeMode", "last_state"),
        ("spec.job.parallelism", "two"),
        ("spec.job.unknown", 1),
        ("spec.podTemplate.spec.securityContext.runAsUser", "flink"),
    ],
)
def test_the_check_sees_what_flink_would_refuse(path: str, value: Any) -> None:
    assert problems(changed(deployment_of(sample("fraud")), path, value)) != []


def test_the_name_of_the_longest_pipeline_fits() -> None:
    name: str = deployment_of(changed(sample("fraud"), "metadata.name", "x" * 23))["metadata"]["name"]
    assert len(name) <= LONGEST_NAME
