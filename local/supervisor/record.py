"""What is known about a process, kept in a file so that it outlives the supervisor."""

import json
import signal
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from local.state.files import write_atomically
from local.supervisor.spec import ProcessSpec


class Phase(StrEnum):
    """State of a process."""

    PENDING = "Pending"
    STARTING = "Starting"
    READY = "Ready"
    BACKING_OFF = "BackingOff"
    EXITED = "Exited"
    STOPPING = "Stopping"


RUNNING = frozenset({Phase.STARTING, Phase.READY, Phase.STOPPING})


@dataclass(frozen=True)
class Record:
    """One process as last seen. Times are seconds since the epoch. The environment is not kept, so secrets are not."""

    name: str
    phase: Phase = Phase.PENDING
    reason: str = ""
    since: float = 0.0
    identity: str = ""
    # Leader of its session, and when the kernel started it: together they identify one process for good.
    pid: int | None = None
    created: str | None = None
    # Distinguishes one start from the next; the process's environment has it too.
    start_id: str = ""
    started_at: float = 0.0
    ready_at: float | None = None
    exit_code: int | None = None
    # Failed runs in a row; a stable run resets them.
    failures: int = 0
    restarts: int = 0
    retry_at: float = 0.0
    killed: bool = False
    # Whether its stop signal was delivered; a process that has only just been started cannot receive it yet.
    is_told_to_stop: bool = False
    stop_signal: int = signal.SIGTERM
    stop_grace_seconds: float = 20.0
    stop_rank: int = 0
    ports: tuple[int, ...] = ()
    log_file: str = ""
    endpoint: str = ""

    def runs(self, spec: ProcessSpec) -> bool:
        """Whether this was started from the specification as it is now."""
        return self.identity == spec.identity

    @property
    def is_ready(self) -> bool:
        """Whether its readiness probe passes."""
        return self.phase is Phase.READY


def save(record: Record, folder: Path) -> None:
    """Write the record of a process."""
    write_atomically(_file(folder, record.name), json.dumps(asdict(record), indent=1))


def load_all(folder: Path) -> dict[str, Record]:
    """Records of all processes that were not removed, by name."""
    records = (_read(path) for path in sorted(folder.glob("*.process.json")))
    return {record.name: record for record in records if record}


def forget(folder: Path, name: str) -> None:
    """Remove the record of a process that is gone."""
    _file(folder, name).unlink(missing_ok=True)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.process.json"


def _read(path: Path) -> Record | None:
    """Read a record; None if its supervisor has just removed it."""
    try:
        fields = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return Record(**{**fields, "phase": Phase(fields["phase"]), "ports": tuple(fields["ports"])})
