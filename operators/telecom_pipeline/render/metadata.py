"""`apiVersion`, `kind` and `metadata` of a child."""

from collections.abc import Mapping
from typing import Any

from operators.telecom_pipeline.labels import STRIMZI_CLUSTER_LABEL, labels
from operators.telecom_pipeline.manifest import Kind, Manifest
from operators.telecom_pipeline.names import kafka
from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.stages import Stage


def child(
    pipeline: Pipeline,
    kind: Kind,
    name: str,
    stage: Stage,
    body: Mapping[str, Any],
    *,
    role: str,
    extra_labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Child with its identity and labels, followed by `body` (`spec` or `data`). `role` says what it is."""
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": pipeline.namespace,
        "labels": labels(pipeline.name, role, stage) | dict(extra_labels or {}),
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": kind.api_version, "kind": kind.name, "metadata": metadata, **body}


def of_kafka(pipeline: Pipeline) -> dict[str, str]:
    """Label by which Strimzi finds the cluster that a pool, topic or user belongs to."""
    return {STRIMZI_CLUSTER_LABEL: kafka(pipeline.name)}
