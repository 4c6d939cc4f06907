"""What a gate is, and how a measurement is judged. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EVIDENCE_ROWS = 10


class Outcome(StrEnum):
    """Judgement of a gate. Only `failed` keeps numbers from being published."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


class Layer(StrEnum):
    """Where in the lake a gate looks."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    ALL = "all"


@dataclass(frozen=True)
class Reading:
    """How bad one subject is (a table, a region, a column): 0 is perfect, more is worse."""

    subject: str
    value: float
    detail: str = ""


@dataclass(frozen=True)
class Gate:
    """One gate. A reading above `warn_above` warns, one above `block_above` fails; None means never."""

    number: int
    name: str
    layer: Layer
    rule: str
    unit: str
    owner: str
    warn_above: float | None
    block_above: float | None


@dataclass(frozen=True)
class GateResult:
    """The judgement of one gate in one run, with the worst readings as evidence."""

    gate: Gate
    outcome: Outcome
    value: float
    evidence: tuple[Reading, ...]

    @property
    def blocks(self) -> bool:
        """True when nothing may be published."""
        return self.outcome is Outcome.FAILED


def judge(gate: Gate, readings: Sequence[Reading]) -> GateResult:
    """Result of `gate`: its worst reading decides. Without readings, nothing is wrong."""
    worst_first = sorted(readings, key=lambda reading: (-reading.value, reading.subject))
    value = worst_first[0].value if worst_first else 0.0
    suspicious = [reading for reading in worst_first if _outcome(gate, reading.value) is not Outcome.PASSED]
    return GateResult(gate, _outcome(gate, value), value, tuple(suspicious[:EVIDENCE_ROWS]))


def _outcome(gate: Gate, value: float) -> Outcome:
    if gate.block_above is not None and value > gate.block_above:
        return Outcome.FAILED
    if gate.warn_above is not None and value > gate.warn_above:
        return Outcome.WARNED
    return Outcome.PASSED
