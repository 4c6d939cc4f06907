"""Progress of a fetch or build, reported to whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["waiting", "fetching", "building", "unpacking", "ready"]


@dataclass(frozen=True)
class Progress:
    """One step of one artefact; `detail` is the tool's own last line, `elapsed_seconds` counts from its start."""

    artefact: str
    phase: Phase
    elapsed_seconds: float
    detail: str = ""


Report = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Report to nobody."""
