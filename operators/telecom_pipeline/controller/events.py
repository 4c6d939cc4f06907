"""Kubernetes Events of a pipeline: one when a condition changes, none while it stays the same. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from operators.telecom_pipeline.status.model import DATA_CONDITIONS

# Conditions whose truth is bad news.
_BAD_WHEN_TRUE = frozenset({"Degraded"})
_BAD_WHEN_FALSE = frozenset({"Ready", *DATA_CONDITIONS})
LONGEST_MESSAGE = 1000  # the API server refuses a note of more than 1024 bytes


@dataclass(frozen=True)
class Transition:
    """An Event to post."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str


def transitions(previous: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[Transition, ...]:
    """Events for the conditions whose status or reason differs between two statuses of a pipeline."""
    before = {each["type"]: (each["status"], each["reason"]) for each in previous.get("conditions", ())}
    changed = [each for each in current["conditions"] if before.get(each["type"]) != (each["status"], each["reason"])]
    return tuple(_transition(each, is_known=each["type"] in before) for each in changed if _is_news(each, before))


def _is_news(condition: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """A condition that is seen for the first time is news only if it is True."""
    status: str = condition["status"]
    return status == "True" or (status == "False" and condition["type"] in before)


def _transition(condition: Mapping[str, Any], is_known: bool) -> Transition:
    kind, is_true = condition["type"], condition["status"] == "True"
    is_bad = kind in _BAD_WHEN_TRUE if is_true else is_known and kind in _BAD_WHEN_FALSE
    name = kind if is_true else f"Not{kind}"
    return Transition("Warning" if is_bad else "Normal", name, condition["message"][:LONGEST_MESSAGE])
