"""Pipelines to apply in tests: the samples, in a namespace of the test, with the objects they refer to."""

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from local.kubernetes.control_plane import ControlPlane

SAMPLES = Path(__file__).parents[2] / "manifests" / "samples"
Manifest = dict[str, Any]


def sample(name: str, namespace: str) -> Manifest:
    """The sample, moved to a namespace."""
    manifest: Manifest = yaml.safe_load((SAMPLES / f"{name}.yaml").read_text())
    manifest["metadata"]["namespace"] = namespace
    return manifest


def changed(manifest: Manifest, path: str, value: object) -> Manifest:
    """A copy with the field at `path`, such as spec.kafka.brokers, set; None removes it."""
    copied = copy.deepcopy(manifest)
    *parents, last = path.split(".")
    section = copied
    for parent in parents:
        section = section.setdefault(parent, {})
    if value is None:
        section.pop(last)
    else:
        section[last] = value
    return copied


def apply(control_plane: ControlPlane, manifest: Manifest) -> str:
    """What a user does: kubectl apply."""
    return control_plane.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))


def create_references(control_plane: ControlPlane, namespace: str) -> None:
    """The ConfigMaps and Secrets that the samples refer to, as the platform's charts make them."""
    data = {
        "lakehouse-s3": {"endpoint": "http://minio:9000"},
        "lakehouse-catalog": {"host": "postgresql", "port": "5432", "database": "catalog"},
        "lakehouse-trino": {"host": "trino", "port": "8443"},
        "crm-database": {"host": "postgresql", "port": "5432", "database": "crm"},
    }
    secrets = {
        "lakehouse-s3": {"access-key-id": "id", "secret-access-key": "key"},
        "lakehouse-catalog": {"username": "user", "password": "word"},
        "crm-database": {"username": "user", "password": "word"},
        "lakehouse-trino": {"username": "transformer", "password": "word", "ca.crt": "certificate"},
        "pii-token-key": {"key-id": "k1", "key": "word"},
        "warehouse-credentials": {"access-key-id": "id", "secret-access-key": "key"},
        "catalog-token": {"token": "word"},
    }
    items = [
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, field: content}
        for kind, field, objects in (("ConfigMap", "data", data), ("Secret", "stringData", secrets))
        for name, content in objects.items()
    ]
    apply(control_plane, {"apiVersion": "v1", "kind": "List", "items": items})
