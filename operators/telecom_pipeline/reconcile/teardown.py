"""Ordered deletion of a pipeline: sources, sink, users and topics, then Kafka, one step per pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, Ref, kind_of, ref_of
from operators.telecom_pipeline.objects.upstream import STRIMZI_MANAGED_ANNOTATION
from operators.telecom_pipeline.pipeline.stages import STAGE_RULES, Stage
from operators.telecom_pipeline.plan.stage_view import stage_of
from operators.telecom_pipeline.reconcile.observe import observe_children
from operators.telecom_pipeline.reconcile.reconciliation import status_context
from operators.telecom_pipeline.status.build import build_deletion_status

RETAIN = "Retain"


@dataclass(frozen=True)
class Teardown:
    """Progress of a deletion: what still exists of the stage that is being removed. Done when nothing does."""

    waiting_for: tuple[Ref, ...]

    @property
    def is_done(self) -> bool:
        """Whether every child is gone."""
        return not self.waiting_for

    @property
    def message(self) -> str:
        """What the deletion waits for."""
        return f"waits until these are gone: {', '.join(map(str, self.waiting_for))}" if self.waiting_for else ""


def tear_down(cluster: Cluster, resource: Manifest) -> Teardown:
    """Take the next step of the deletion of a pipeline; call it again until it is done. Idempotent.

    It does not need a valid spec: only `deletionPolicy` is read, and any value but `Delete` retains the records.
    Raises `ClusterError`.
    """
    metadata = resource["metadata"]
    children = observe_children(cluster, metadata["name"], metadata["namespace"])
    next_stage = max(map(_removal_order, children.values()), default=None)
    step = [item for item in children.items() if _removal_order(item[1]) == next_stage]
    _remove(cluster, step, _retains(resource))
    return Teardown(tuple(ref for ref, _ in step))


def _removal_order(child: Manifest) -> int:
    """Higher goes first, the reverse of the start. A child of a stage that this version does not know goes first."""
    stages = [rule.stage for rule in STAGE_RULES]
    stage = stage_of(child)
    return stages.index(Stage(stage)) if stage in stages else len(stages)


def report_deletion(cluster: Cluster, resource: Manifest, teardown: Teardown, now: datetime) -> None:
    """Write the progress of the deletion into the pipeline's status, if it changed. Raises `ClusterError`."""
    previous = resource.get("status", {})
    is_paused = _spec(resource).get("paused") is True
    status = build_deletion_status(teardown.message, is_paused, status_context(resource, now))
    if status != previous:
        cluster.apply_status(ref_of(resource), status)


def _spec(resource: Manifest) -> Mapping[str, Any]:
    spec = resource.get("spec")
    return spec if isinstance(spec, Mapping) else {}


def _retains(resource: Manifest) -> bool:
    return bool(_spec(resource).get("deletionPolicy", RETAIN) != "Delete")


def _remove(cluster: Cluster, children: list[tuple[Ref, Manifest]], retains: bool) -> None:
    for ref, child in children:
        if retains and ref.kind == names.KAFKA_TOPIC and not _is_released(child):
            cluster.apply(_released(child))
        elif "deletionTimestamp" not in child["metadata"]:
            cluster.delete(ref)


def _is_released(topic: Manifest) -> bool:
    return bool(topic["metadata"].get("annotations", {}).get(STRIMZI_MANAGED_ANNOTATION) == "false")


def _released(topic: Manifest) -> Manifest:
    """KafkaTopic as it was applied, with the topic operator told to leave the topic itself alone."""
    metadata, kind = topic["metadata"], kind_of(topic)
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": metadata["labels"],
            "annotations": {**metadata.get("annotations", {}), STRIMZI_MANAGED_ANNOTATION: "false"},
        },
        "spec": topic["spec"],
    }
