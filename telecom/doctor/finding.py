"""The result of one check."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the finding stops a start."""

    OK = "ok"
    WARNING = "warning"
    FATAL = "fatal"


@dataclass(frozen=True)
class Finding:
    """What was looked for, what was found, and what to do where that is not enough."""

    subject: str
    severity: Severity
    found: str
    advice: str = ""
