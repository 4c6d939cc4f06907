"""What the proxy takes for a change: every write but a lease's renewal and kopf's own notes."""

import json
from typing import Any

import pytest
from fault_proxy import Call, Faults

from operators.telecom_pipeline.controller.handlers import ANNOTATION_PREFIX
from operators.telecom_pipeline.objects.custom_resource import API_VERSION, PLURAL

PIPELINE = f"/apis/{API_VERSION}/namespaces/n/{PLURAL}/demo"
NOTE = {f"{ANNOTATION_PREFIX}/last-handled-configuration": "{}"}


def changes(method: str, path: str, body: Any) -> int:
    return len(Faults(calls=[Call(method, path, 200, 0.0, json.dumps(body).encode())]).changes())


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", PIPELINE, None),
        ("PATCH", PIPELINE, {"metadata": {"annotations": NOTE}}),
        ("PUT", "/apis/coordination.k8s.io/v1/namespaces/n/leases/operator", {"spec": {}}),
    ],
)
def test_what_is_no_change(method: str, path: str, body: Any) -> None:
    assert changes(method, path, body) == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", PIPELINE, {"spec": {"paused": True}}),
        ("PATCH", PIPELINE, {"metadata": {"annotations": NOTE}, "spec": {"paused": True}}),
        ("PATCH", PIPELINE, {"metadata": {"annotations": NOTE, "finalizers": []}}),
        ("PATCH", PIPELINE, {"metadata": {"annotations": NOTE | {"someone": "looked"}}}),
        ("PATCH", PIPELINE, [{"op": "add", "path": "/metadata/finalizers/-", "value": "f"}]),
        ("PATCH", f"{PIPELINE}/status", {"metadata": {"annotations": NOTE}}),
        ("DELETE", PIPELINE, {}),
        ("PATCH", "/apis/apps/v1/namespaces/n/deployments/d", {"metadata": {"annotations": NOTE}}),
    ],
)
def test_what_is_a_change(method: str, path: str, body: Any) -> None:
    assert changes(method, path, body) == 1
