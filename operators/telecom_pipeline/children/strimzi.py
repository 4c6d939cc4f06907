"""States of Strimzi's resources.

It reports failure by a condition *type* of its own: `NotReady` with status True, while `Ready` is absent. A KafkaTopic
is different: it says `Ready` False. Source: Strimzi 1.2.0, StatusUtils and BatchingTopicController.
"""

from collections.abc import Mapping
from typing import Any

from operators.telecom_pipeline.children.child_state import ChildState, State, state_from_condition
from operators.telecom_pipeline.objects.manifest import Manifest

Conditions = Mapping[str, Mapping[str, Any]]

# Reasons of `NotReady` that only mean "not yet".
STARTING_REASONS = ("Creating",)


def strimzi_state(manifest: Manifest) -> ChildState:
    """State of a Kafka or KafkaUser."""
    conditions, warnings = _conditions(manifest)
    early = _not_judged_yet(manifest, conditions, warnings)
    if early:
        return early
    not_ready = conditions.get("NotReady", {})
    if not_ready.get("status") == "True":
        is_starting = not_ready.get("reason") in STARTING_REASONS
        return state_from_condition(State.PROGRESSING if is_starting else State.FAILED, not_ready, warnings)
    return _positive(conditions, warnings)


def topic_state(manifest: Manifest) -> ChildState:
    """State of a KafkaTopic."""
    conditions, warnings = _conditions(manifest)
    early = _not_judged_yet(manifest, conditions, warnings)
    if early:
        return early
    if "Unmanaged" in conditions:
        return ChildState(State.READY, "Unmanaged", "the topic operator leaves this topic alone", warnings)
    change = manifest["status"].get("replicasChange")
    if change:
        return ChildState(State.PROGRESSING, "ReplicasChange", change.get("message", change.get("state", "")), warnings)
    if conditions.get("Ready", {}).get("status") == "False":
        return state_from_condition(State.FAILED, conditions["Ready"], warnings)
    return _positive(conditions, warnings)


def node_pool_state(manifest: Manifest) -> ChildState:
    """State of a KafkaNodePool. Its conditions are only warnings: whether its nodes are ready is up to the Kafka.

    Strimzi writes the generation at the end of a reconciliation, so a changed pool has been rolled by then.
    """
    conditions, warnings = _conditions(manifest)
    return _not_judged_yet(manifest, conditions, warnings) or ChildState(State.READY, warnings=warnings)


def _conditions(manifest: Manifest) -> tuple[Conditions, tuple[str, ...]]:
    """Conditions by type, and the messages of type `Warning`, of which there may be several."""
    conditions = manifest.get("status", {}).get("conditions", [])
    warnings = tuple(condition.get("message", "") for condition in conditions if condition["type"] == "Warning")
    return {condition["type"]: condition for condition in conditions if condition["type"] != "Warning"}, warnings


def _not_judged_yet(manifest: Manifest, conditions: Conditions, warnings: tuple[str, ...]) -> ChildState | None:
    if conditions.get("ReconciliationPaused", {}).get("status") == "True":
        message = "paused by the annotation strimzi.io/pause-reconciliation"
        return ChildState(State.PROGRESSING, "ReconciliationPaused", message, warnings)
    observed = manifest.get("status", {}).get("observedGeneration")
    if observed is None:
        return ChildState(State.PROGRESSING, "NoStatusYet", "its operator has not looked at it yet", warnings)
    if observed != manifest["metadata"].get("generation"):
        return ChildState(State.PROGRESSING, "StaleStatus", "its operator has not seen the last change yet", warnings)
    return None


def _positive(conditions: Conditions, warnings: tuple[str, ...]) -> ChildState:
    ready = conditions.get("Ready", {})
    return state_from_condition(State.READY if ready.get("status") == "True" else State.PROGRESSING, ready, warnings)
