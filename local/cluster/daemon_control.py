"""Starts, stops and describes a LocalCluster from another process, for the command line."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import Timeout

from contracts.version import VERSION
from local.adapters.workloads.pods import explain
from local.artefacts.versions import REPOSITORY
from local.cluster import daemon
from local.errors import LocalError
from local.services.platform_services import SERVICE_NAMES
from local.services.postgres import Postgres
from local.services.unprivileged import moved_folder
from local.state.paths import StateDirectory, StateFolderError
from local.supervisor.logs import tail
from local.supervisor.machine import base_environment
from local.supervisor.ports import PortBook
from local.supervisor.processes import is_same_process
from local.supervisor.record import Phase, Record, load_all
from local.supervisor.supervisor import Supervisor

START_SECONDS = 30.0
STOP_SECONDS = 180.0


class DaemonError(LocalError):
    """The daemon did not start or did not stop."""


@dataclass(frozen=True)
class Row:
    """One component as people see it."""

    component: str
    state: str
    endpoint: str
    log: Path
    reason: str


def is_running(state: StateDirectory) -> bool:
    """Whether a daemon drives the state directory now."""
    try:
        with daemon.lock_of(state).acquire(timeout=0):
            return False
    except Timeout:
        return True


def start_daemon(state: StateDirectory, services: Sequence[str] = SERVICE_NAMES) -> bool:
    """Start the daemon in the background and wait until it drives the directory; False if one already did.

    The engines must be in the cache: a daemon that has to fetch them first shows no progress. Raises `DaemonError`,
    also for a daemon of another version, which goes on with the code that it was started with.
    """
    if is_running(state):
        _require_own_version(state)
        return False
    log_file = state.log_file(daemon.LOG_NAME)
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "local.cluster.daemon",
                "--state",
                str(state.root),
                "--services",
                ",".join(services),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=REPOSITORY,
            env=base_environment() | _cache_variables(),
            start_new_session=True,
        )
    if not _wait(lambda: _drives(state, process.pid) or process.poll() is not None, START_SECONDS) or process.poll():
        why = f"it is not running; its log ends with:\n{tail(log_file, 1500)}"
        raise DaemonError("start the daemon", why, f"less {log_file}")
    # It outlives us on purpose; Popen would otherwise warn about it.
    process.returncode = 0
    return True


def stop_daemon(state: StateDirectory) -> None:
    """End only the daemon: everything keeps running unattended until the next daemon finds it. Raises `DaemonError`."""
    _signal_and_wait(state, signal.SIGTERM)


def stop_everything(state: StateDirectory) -> None:
    """Stop all processes in order, workloads first and storage last, and the daemon; data stays.

    This also works without a daemon: what a killed one left behind is found and stopped. Raises `DaemonError`.
    """
    _signal_and_wait(state, daemon.STOP_EVERYTHING)
    with daemon.lock_of(state).acquire(timeout=STOP_SECONDS):
        supervisor = Supervisor(state, PortBook(state.run))
        supervisor.stop_all()
        supervisor.close()


def delete_everything(state: StateDirectory) -> None:
    """Stop everything, then delete all that the cluster remembers, including its data.

    Raises `DaemonError`, or `StateFolderError` with nothing stopped and nothing deleted.
    """
    require_deletable(state)
    stop_everything(state)
    if moved := moved_folder(state.services / Postgres.name):
        shutil.rmtree(moved, ignore_errors=True)
    # The marker goes last: after an interruption, the folder can still be told to be ours.
    for entry in sorted(state.root.iterdir(), key=lambda path: path == state.marker):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    state.root.rmdir()


def require_deletable(state: StateDirectory) -> None:
    """Raise `StateFolderError` unless the folder is that of a cluster, and not a symbolic link to it."""
    tried = f"delete {state.root}"
    if state.root.is_symlink():
        target = state.root.resolve()
        raise StateFolderError(tried, f"it is a symbolic link to {target}", StateDirectory(target).command("clean"))
    if not state.marker.is_file():
        raise StateFolderError(tried, "no cluster was ever started there", "name a cluster's folder with --state")


def describe(state: StateDirectory) -> list[Row]:
    """Every process, the daemon first. States are as last written, so they may be old without a daemon."""
    return [_daemon_row(state), *(_row(record) for record in load_all(state.run).values())]


def ready_services(state: StateDirectory) -> tuple[str, ...]:
    """Services that can be used now, as the daemon says."""
    found = daemon.read_state(state)
    return found.ready_services if found and is_running(state) else ()


def _row(record: Record) -> Row:
    log_file = Path(record.log_file)
    if record.phase is Phase.EXITED and record.exit_code == 0:
        return Row(record.name, "Completed", "", log_file, "")
    reason = "" if record.is_ready else explain(record).partition(f"{record.phase}, ")[2]
    return Row(record.name, str(record.phase), record.endpoint, log_file, reason)


def _daemon_row(state: StateDirectory) -> Row:
    running = is_running(state)
    reason = "" if running else f"processes that end now are not restarted; `{state.command('up')}` starts it"
    return Row(daemon.LOG_NAME, "Ready" if running else "Stopped", "", state.log_file(daemon.LOG_NAME), reason)


def _drives(state: StateDirectory, pid: int) -> bool:
    found = daemon.read_state(state)
    return found is not None and found.pid == pid


def _signal_and_wait(state: StateDirectory, number: int) -> None:
    """Signal the daemon, if there is one, and wait until it has released the lock."""
    if not is_running(state):
        return
    found = daemon.read_state(state)
    if found is not None and _is_alive(found):
        os.kill(found.pid, number)
    if not _wait(lambda: not is_running(state), STOP_SECONDS):
        log_file = state.log_file(daemon.LOG_NAME)
        raise DaemonError("stop the daemon", f"it did not end within {STOP_SECONDS:.0f} s", f"less {log_file}")


def _is_alive(found: daemon.DaemonState) -> bool:
    """Whether the recorded process is still the daemon, because a killed one leaves its file behind."""
    if found.created:
        return is_same_process(found.pid, found.created)
    try:
        return "--state" in psutil.Process(found.pid).cmdline()
    except psutil.Error:
        return False


def _require_own_version(state: StateDirectory) -> None:
    found = daemon.read_state(state)
    if found is None or not _is_alive(found) or found.version == VERSION:
        return
    why = f"one of version {found.version or 'before 0.1.0'} runs here, and this is {VERSION}"
    next_step = f"{state.command('down')}, then {state.command('up')}: the data stays"
    raise DaemonError("start the daemon", why, next_step)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _cache_variables() -> dict[str, str]:
    """Variables that say where the cache and Java are, which must be the same for the daemon as for us."""
    return {name: os.environ[name] for name in ("TELECOM_CACHE", "XDG_CACHE_HOME", "JAVA_HOME") if name in os.environ}
