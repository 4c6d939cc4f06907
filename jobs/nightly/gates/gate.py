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
    it is about, which the subject names; None means the run as a whole. `accepted` says who accepted it and why, so
    that it warns instead of blocking.
    """

    subject: str
    value: float
    detail: str = ""
    is_named: bool = False
    day: dt.date | None = None
    accepted: str = ""


@dataclass(frozen=True)
class GateRule:
    """What a gate says, in which unit it measures, who owns it, and whether people may accept what it refuses."""

    number: int
    name: str
    layer: Layer
    rule: str
    unit: str
    owner: str
    is_acceptable: bool


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

    def refused_days(self, run_date: dt.date) -> tuple[dt.date, ...]:
        """The days of the evidence that keep numbers from being published, the run's day for the run as a whole."""
        return self._days(run_date, is_accepted=False)

    def accepted_days(self, run_date: dt.date) -> tuple[dt.date, ...]:
        """The days of the evidence that would, had nobody accepted them."""
        return self._days(run_date, is_accepted=True)

    def _days(self, run_date: dt.date, is_accepted: bool) -> tuple[dt.date, ...]:
        refused = [reading for reading in self.evidence if is_refused(reading.value, self.gate.block_above)]
        return tuple(sorted({reading.day or run_date for reading in refused if bool(reading.accepted) is is_accepted}))


def judge(gate: Gate, readings: Sequence[Reading]) -> GateResult:
    """Result of `gate`: its worst reading decides. Without readings, nothing is wrong."""
    outcomes = {reading: _outcome(gate, reading) for reading in readings}
    worst_first = sorted(outcomes, key=lambda reading: (-_rank(outcomes[reading]), -reading.value, reading.subject))
    value = max((reading.value for reading in readings), default=0.0)
    worst = outcomes[worst_first[0]] if worst_first else Outcome.PASSED
    suspicious = [reading for reading in worst_first if outcomes[reading] is not Outcome.PASSED]
    return GateResult(gate, worst, value, tuple(suspicious[:EVIDENCE_ROWS]))


def _rank(outcome: Outcome) -> int:
    return list(Outcome).index(outcome)


def _outcome(gate: Gate, reading: Reading) -> Outcome:
    if is_refused(reading.value, gate.block_above):
        return Outcome.WARNED if reading.accepted else Outcome.FAILED
    if gate.warn_above is not None and (reading.value > gate.warn_above or reading.is_named):
        return Outcome.WARNED
    return Outcome.PASSED


def is_refused(value: float, block_above: float | None) -> bool:
    """Whether a value is above the limit from which on a gate blocks."""
    return block_above is not None and value > block_above
