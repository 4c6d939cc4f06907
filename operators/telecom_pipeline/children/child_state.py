"""What the state of a child means, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """State of a child or of a stage."""

    READY = "Ready"
    PROGRESSING = "Progressing"
    FAILED = "Failed"
    WAITING = "Waiting"
    SUSPENDED = "Suspended"
    COMPLETED = "Completed"


@dataclass(frozen=True)
class ChildState:
    """State with the child's own reason and message, and warnings that do not change the state."""

    state: State
    reason: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()


def state_from_condition(state: State, condition: Mapping[str, Any], warnings: tuple[str, ...] = ()) -> ChildState:
    """A state with the reason and the message of a condition."""
    return ChildState(state, condition.get("reason", ""), condition.get("message", ""), warnings)
