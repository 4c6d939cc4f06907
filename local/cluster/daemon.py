"""The background process of a state directory: `python -m local.cluster.daemon --state DIR`.

SIGTERM ends the daemon and leaves everything running for the next daemon to find. SIGUSR1 stops everything in order
first. `kill -9` does the same as SIGTERM.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import structlog
from filelock import FileLock, Timeout

from contracts.version import VERSION
from local.cluster.local_cluster import LocalCluster
from local.services.platform_services import SERVICE_NAMES
from local.state.files import write_atomically
from local.state.paths import DEFAULT_STATE_DIRECTORY, StateDirectory
from local.supervisor.processes import start_identity

log = structlog.get_logger()

LOG_NAME = "daemon"
STOP_EVERYTHING = signal.SIGUSR1
STATE_PERIOD_SECONDS = 0.5


@dataclass(frozen=True)
class DaemonState:
    """What the daemon last wrote about itself.

    Process id and the time of its start identify it for good. A daemon of before 0.1.0 wrote neither that time nor its
    version.
    """

    pid: int
    ready_services: tuple[str, ...] = ()
    created: str = ""
    version: str = ""

    @classmethod
    def of_this_process(cls, ready_services: Sequence[str]) -> "DaemonState":
        """What this process writes while it is the daemon."""
        pid = os.getpid()
        return cls(pid, tuple(ready_services), start_identity(pid), VERSION)


def lock_of(state: StateDirectory) -> FileLock:
    """Held by the one process that drives the state directory."""
    return FileLock(state.run / "daemon.lock")


def read_state(state: StateDirectory) -> DaemonState | None:
    """What the daemon last wrote, whether it is still alive or not."""
    file = _state_file(state)
    if not file.is_file():
        return None
    fields = json.loads(file.read_text())
    return DaemonState(**{**fields, "ready_services": tuple(fields["ready_services"])})


def write_state(state: StateDirectory, daemon: DaemonState) -> None:
    """Tell others which services this daemon has ready."""
    write_atomically(_state_file(state), json.dumps(asdict(daemon)))


def _state_file(state: StateDirectory) -> Path:
    return state.run / "daemon.json"


def run(state: StateDirectory, services: Sequence[str]) -> None:
    """Drive the cluster until a signal; the caller holds the lock."""
    cluster = LocalCluster(state)
    cluster.services.want(*services)
    received: list[int] = []
    wake_up = threading.Event()

    def remember(number: int, _: FrameType | None) -> None:
        received.append(number)
        wake_up.set()

    for number in (signal.SIGTERM, signal.SIGINT, STOP_EVERYTHING):
        signal.signal(number, remember)
    cluster.start_thread()
    log.info("daemon runs", pid=os.getpid(), state=str(state.root))
    while not received:
        write_state(state, DaemonState.of_this_process(cluster.services.ready()))
        wake_up.wait(STATE_PERIOD_SECONDS)
    log.info("daemon ends", stops_everything=STOP_EVERYTHING in received)
    cluster.close(stop_processes=STOP_EVERYTHING in received)
    _state_file(state).unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as the only daemon of the state directory."""
    parser = argparse.ArgumentParser(prog="python -m local.cluster.daemon", description=__doc__)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE_DIRECTORY)
    parser.add_argument("--services", default=",".join(SERVICE_NAMES), help="comma-separated; default: all")
    options = parser.parse_args(arguments)
    state = StateDirectory.open(options.state)
    try:
        with lock_of(state).acquire(timeout=0):
            run(state, [name for name in options.services.split(",") if name])
    except Timeout:
        print(f"Another daemon already drives {state.root}; see `{state.command('status')}`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
