"""What a person accepts although a gate refuses it, as arguments of the Job that records it."""

import datetime as dt
import getpass
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.gate_settings import GateSettings
from jobs.nightly.gates.acceptance import NotAcceptableError, check_acceptance
from jobs.nightly.gates.catalogue import gates_with
from local.errors import LocalError

TRIED = "accept what a gate refused"
ACCEPTABLE_GATES = tuple(gate.name for gate in gates_with(GateSettings()) if gate.is_acceptable)


class AcceptanceError(LocalError):
    """Nobody may accept that; nothing was recorded."""


@dataclass(frozen=True)
class AskedAcceptance:
    """A gate, the days for which its refusal is accepted, why, and by whom."""

    gate: str
    days: Sequence[dt.date]
    reason: str
    by: str

    def arguments(self) -> list[str]:
        """The same for the Job. Raises `AcceptanceError` if no Job would record it."""
        gates = {gate.name: gate for gate in gates_with(GateSettings())}
        if self.gate not in gates:
            raise AcceptanceError(TRIED, f"there is no gate {self.gate!r}", f"one of {', '.join(ACCEPTABLE_GATES)}")
        try:
            for day in self.days:
                # Whether a day has begun depends on the pipeline's time zone, so that the Job says it.
                check_acceptance(gates[self.gate], day, self.reason, today=day)
        except NotAcceptableError as error:
            raise AcceptanceError(TRIED, str(error), "mend the data, then telecom run nightly") from error
        days = [text for day in self.days for text in ("--day", str(day))]
        return ["--gate", self.gate, *days, "--reason", self.reason, "--by", self.by]


def user_name() -> str:
    """Who is logged in on this machine; empty if nobody can tell."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
