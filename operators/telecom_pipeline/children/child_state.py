"""What the state of a child means, whatever its kind."""

from dataclasses import dataclass
from enum import StrEnum


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
