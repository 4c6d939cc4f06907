"""`apiVersion`, `kind` and `metadata` of a child."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operators.telecom_pipeline.objects.labels import labels
from operators.telecom_pipeline.objects.manifest import Kind, Manifest
from operators.telecom_pipeline.objects.names import kafka
from operators.telecom_pipeline.objects.upstream import STRIMZI_CLUSTER_LABEL
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage


@dataclass(frozen=True)
class Identity:
    """Which child it is: its kind and name, the stage that it belongs to, and its role."""

    kind: Kind
    name: str
    stage: Stage
    role: str


def child(
    pipeline: Pipeline,
    identity: Identity,
    body: Mapping[str, Any],
    *,
    extra_labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Child with its identity and labels, followed by `body` (`spec` or `data`)."""
    metadata: dict[str, Any] = {
        "name": identity.name,
        "namespace": pipeline.namespace,
        "labels": labels(pipeline.name, identity.role, identity.stage) | dict(extra_labels or {}),
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": identity.kind.api_version, "kind": identity.kind.name, "metadata": metadata, **body}


def of_kafka(pipeline: Pipeline) -> dict[str, str]:
    """Label by which Strimzi finds the cluster that a pool, topic or user belongs to."""
    return {STRIMZI_CLUSTER_LABEL: kafka(pipeline.name)}
