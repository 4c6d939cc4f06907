"""State of any child."""

from collections.abc import Callable, Mapping

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.children.flink import flink_deployment_state
from operators.telecom_pipeline.children.strimzi import node_pool_state, strimzi_state, topic_state
from operators.telecom_pipeline.children.workloads import deployment_state, job_state
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, kind_of


def _exists(_: Manifest) -> ChildState:
    return ChildState(State.READY)


STATE_BY_KIND: Mapping[Kind, Callable[[Manifest], ChildState]] = {
    names.KAFKA: strimzi_state,
    names.KAFKA_NODE_POOL: node_pool_state,
    names.KAFKA_TOPIC: topic_state,
    names.KAFKA_USER: strimzi_state,
    names.CONFIG_MAP: _exists,
    names.DEPLOYMENT: deployment_state,
    names.JOB: job_state,
    names.FLINK_DEPLOYMENT: flink_deployment_state,
}


def child_state(manifest: Manifest) -> ChildState:
    """State of a child as the cluster has it."""
    if "deletionTimestamp" in manifest["metadata"]:
        return ChildState(State.PROGRESSING, "Deleting", "it is being deleted")
    return STATE_BY_KIND[kind_of(manifest)](manifest)
