"""The demo as it is rendered, without fraud detection, and what tests ask of manifests."""

from collections.abc import Iterator
from typing import Any

from operator_fixtures import endpoints_of, pipeline_of, sample, without

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.render import render

# What fraud detection adds is in test_rendered_fraud_detection.py.
DEMO = without(sample("demo"), "fraudDetection")
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
