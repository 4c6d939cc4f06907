"""What a nightly run leaves behind for whoever looks after the pipeline, small enough for a pod's last words.

A container may write up to 4096 bytes to its termination log, and Kubernetes keeps them in the status of the pod.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from contracts.settings import Settings

TERMINATION_LOG = "/dev/termination-log"
LONGEST_TEXT_BYTES = 4096
# Of each gate; `audit.gate_results` has more.
MOST_DAYS_TOLD = 7


def acceptance_arguments(gate: str, days: Sequence[dt.date]) -> str:
    """Arguments of `telecom accept` and `telecom kube accept`; empty without days."""
    return f"--gate {gate} {' '.join(f'--day {day}' for day in days)} --reason TEXT" if days else ""


class GateVerdict(Settings):
    """Judgement of one gate; `value` is its worst reading, in the gate's own unit.

    `refused_days` are the first days that block and that a person may accept, `accepted_days` those that a person
    accepted.
    """

    name: str
    layer: str
    owner: str
    outcome: Literal["passed", "warned", "failed"]
    value: float
    refused_days: tuple[dt.date, ...] = ()
    accepted_days: tuple[dt.date, ...] = ()

    @property
    def acceptance(self) -> str:
        """Arguments of the verb that accepts these days; empty if nothing can be accepted."""
        return acceptance_arguments(self.name, self.refused_days)


class NightlyVerdict(Settings):
    """Judgement of all gates of one run."""

    run_id: str
    gates: tuple[GateVerdict, ...]

    def text(self) -> str:
        """JSON without spaces and empty lists."""
        return self.model_dump_json(exclude_defaults=True)


def read_verdict(text: str) -> NightlyVerdict | None:
    """The verdict in a pod's last words; None if they are something else."""
    try:
        return NightlyVerdict.model_validate_json(text)
    except ValidationError:
        return None
