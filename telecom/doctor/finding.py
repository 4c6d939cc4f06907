"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """Whether the finding stops anything."""

    OK = "ok"
    WARNING = "warning"
    FATAL = "fatal"
    OPTIONAL = "optional"  # absent, and what needs it is left out

    def __str__(self) -> str:
        return self.value


class Need(str, Enum):
    """What does not work without the thing looked for."""

    DEMO = "make demo"
    TEST = "make test"
    NODE_TESTS = "tests on a Kubernetes node"
    KIND = "make kind-up"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Finding:
    """What was looked for, what was found, and what to do if that is not enough."""

    subject: str
    severity: Severity
    found: str
    advice: str = ""
    needed_for: Need = Need.DEMO
    # What brings it, by its name in `distribution`; empty if a package does not help.
    package: str = ""
