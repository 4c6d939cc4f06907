"""What a nightly run leaves behind for whoever looks after the pipeline, small enough for a pod's last words.

A container may write up to 4096 bytes to its termination log, and Kubernetes keeps them in the status of the pod.
"""

from typing import Literal

from pydantic import ValidationError

from contracts.settings import Settings

TERMINATION_LOG = "/dev/termination-log"
LONGEST_TEXT_BYTES = 4096


class GateVerdict(Settings):
    """Judgement of one gate; `value` is its worst reading, in the gate's own unit."""

    name: str
    layer: str
    owner: str
    outcome: Literal["passed", "warned", "failed"]
    value: float


class NightlyVerdict(Settings):
    """Judgement of all gates of one run."""

    run_id: str
    gates: tuple[GateVerdict, ...]

    def text(self) -> str:
        """JSON without spaces."""
        return self.model_dump_json()


def read_verdict(text: str) -> NightlyVerdict | None:
    """The verdict in a pod's last words; None if they are something else."""
    try:
        return NightlyVerdict.model_validate_json(text)
    except ValidationError:
        return None
