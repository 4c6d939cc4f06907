"""What a gate is, and how a measurement is judged. Pure."""

import datetime as dt
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
    """How bad one subject is (a table, a region, a column): 0 is perfect, more is worse.

    With `is_named`, the gate warns of it however small the value is, unless the gate never warns. `day` is the day that
    it is about, which the subject names; None means the run as a whole.
    """

    subject: str
    value: float
    detail: str = ""
    is_named: bool = False
    day: dt.date | None = None


@dataclass(frozen=True)
class GateRule:
    """What a gate says, in which unit it measures, and who owns it."""

    number: int
    name: str
    layer: Layer
    rule: str
    unit: str
    owner: str


@dataclass(frozen=True)
class Gate(GateRule):
    """One gate with its limits. A reading above `warn_above` warns, one above `block_above` fails; None means never."""

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
    outcomes = {reading: _outcome(gate, reading) for reading in worst_first}
    suspicious = [reading for reading, outcome in outcomes.items() if outcome is not Outcome.PASSED]
    worst = max(outcomes.values(), key=list(Outcome).index, default=Outcome.PASSED)
    return GateResult(gate, worst, value, tuple(suspicious[:EVIDENCE_ROWS]))


def _outcome(gate: Gate, reading: Reading) -> Outcome:
    if gate.block_above is not None and reading.value > gate.block_above:
        return Outcome.FAILED
    if gate.warn_above is not None and (reading.value > gate.warn_above or reading.is_named):
        return Outcome.WARNED
    return Outcome.PASSED
