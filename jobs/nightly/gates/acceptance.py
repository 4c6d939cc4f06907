"""A person's decision that a day goes out although a gate refuses it. Pure.

A surge that is real, a strike, an outage of which nothing comes later: no gate can know them. What would make numbers
wrong (a row twice, a sum that does not add up, somebody's phone number) nobody may accept.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jobs.nightly.gates.gate import Gate, Reading


@dataclass(frozen=True)
class Acceptance:
    """Somebody accepted what a gate says about a day."""

    gate: str
    day: dt.date
    reason: str
    accepted_by: str
    accepted_at: dt.datetime

    def told(self) -> str:
        """Who, when and why."""
        return f"accepted by {self.accepted_by} at {self.accepted_at:%Y-%m-%d %H:%M} UTC: {self.reason}"


class NotAcceptableError(Exception):
    """Nobody may accept that; the message says why."""


def check_acceptance(gate: Gate, day: dt.date, reason: str, today: dt.date) -> None:
    """Raise `NotAcceptableError` unless this gate may be accepted for that day, for a reason."""
    if not gate.is_acceptable:
        raise NotAcceptableError(
            f"the gate {gate.name} cannot be accepted: what it refuses is wrong, whatever the reason"
        )
    if day > today:
        raise NotAcceptableError(f"{day} has not begun: only what a gate has refused can be accepted")
    if not reason.strip():
        raise NotAcceptableError("an acceptance needs a reason")


def with_acceptances(
    gate: Gate, readings: Sequence[Reading], acceptances: Iterable[Acceptance], run_date: dt.date
) -> list[Reading]:
    """The readings, with the acceptance of their day, or of the run's day if they are about the run as a whole."""
    of_gate = {acceptance.day: acceptance for acceptance in acceptances if acceptance.gate == gate.name}
    if not gate.is_acceptable or not of_gate:
        return list(readings)
    return [_with_acceptance(reading, of_gate.get(reading.day or run_date)) for reading in readings]


def _with_acceptance(reading: Reading, acceptance: Acceptance | None) -> Reading:
    return reading if acceptance is None else replace(reading, accepted=acceptance.told())
