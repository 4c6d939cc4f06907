"""The operating system's side: start detached processes, recognise them later, and signal only them.

Every process gets a small shell as the leader of its own session. The shell outlives the supervisor and writes the
exit code to a file, because a later supervisor is not the parent and could not learn it otherwise.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.errors import LocalError
from local.supervisor.record import Record
from local.supervisor.spec import ProcessSpec

# In the environment of every process that we start, says whose it is. Checked before any signal.
MARK = "TELECOM_LOCAL_PROCESS"
# The trap keeps the shell alive through a stop; a trapped signal is reset to its default in the command.
_LEADER_SCRIPT = """\
trap : TERM INT HUP
"$@"
code=$?
echo "$code" > "$TELECOM_LOCAL_EXIT_FILE.draft" && mv "$TELECOM_LOCAL_EXIT_FILE.draft" "$TELECOM_LOCAL_EXIT_FILE"
"""


class StartError(LocalError):
    """A process could not be started."""


@dataclass(frozen=True)
class Started:
    """Leader of a new session."""

    pid: int
    created: str


class Processes:
    """Starts, observes and signals the processes of one state directory; `scope` is the cluster that they belong to."""

    def __init__(self, run_folder: Path, scope: str) -> None:
        self._run = run_folder
        self._scope = scope
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, spec: ProcessSpec, start_id: str) -> Started:
        """Start a process in its own session and append its output to its log. Raises `StartError`."""
        spec.log_file.parent.mkdir(parents=True, exist_ok=True)
        environment = {
            **spec.environment,
            MARK: self._mark(spec.name, start_id),
            "TELECOM_LOCAL_EXIT_FILE": str(self._exit_file(spec.name, start_id)),
        }
        try:
            with spec.log_file.open("ab") as log:
                child = subprocess.Popen(
                    ["/bin/sh", "-c", _LEADER_SCRIPT, spec.name, *spec.argv],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    cwd=spec.working_directory,
                    start_new_session=True,
                )
        except OSError as error:
            raise StartError(f"start {spec.name}", str(error), f"less {spec.log_file}") from error
        self._children[child.pid] = child
        return Started(child.pid, start_identity(child.pid))

    def is_alive(self, record: Record) -> bool:
        """Whether the leader of the record's session is still running."""
        if record.pid is None:
            return False
        if child := self._children.get(record.pid):
            if child.poll() is None:
                return True
            del self._children[record.pid]
            return False
        # Two processes can start within one clock tick: if a pid was reused, the mark decides.
        return is_same_process(record.pid, record.created) and self._is_ours(record.pid, record)

    def exit_code(self, record: Record) -> int | None:
        """Exit code of the command (128 + signal if a signal ended it), or None if it was not recorded."""
        file = self._exit_file(record.name, record.start_id)
        try:
            return int(file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def clear_exit_code(self, record: Record) -> None:
        """Remove the file of the last exit code."""
        self._exit_file(record.name, record.start_id).unlink(missing_ok=True)

    def command_pid(self, record: Record) -> int | None:
        """Process id of the command itself, below the session's leader; None before it runs."""
        if not self.is_alive(record) or record.pid is None:
            return None
        with contextlib.suppress(psutil.Error):
            leader = psutil.Process(record.pid)
            for child in leader.children():
                # A fork that has not become the command yet still has the shell's trap, which would swallow a signal.
                if child.cmdline() != leader.cmdline():
                    return child.pid
        return None

    def terminate(self, record: Record) -> bool:
        """Send the command its stop signal; False while its shell has not started it yet."""
        pid = self.command_pid(record)
        if pid is None or not self._is_ours(pid, record):
            return False
        _signal(pid, record.stop_signal)
        return True

    def kill(self, record: Record) -> None:
        """Kill everything that this start of the process left behind, whichever session it moved to."""
        for process in self.survivors(record.name, record.start_id):
            _signal(process.pid, signal.SIGKILL)

    def survivors(self, name: str, start_id: str) -> Iterator[psutil.Process]:
        """Processes whose environment says that they come from this start."""
        mark = self._mark(name, start_id)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                    yield process

    def find_leader(self, name: str, start_id: str) -> Started | None:
        """Leader of a start that was decided but not recorded, because the supervisor was killed in between."""
        for process in self.survivors(name, start_id):
            with contextlib.suppress(psutil.Error, OSError):
                if os.getsid(process.pid) == process.pid:
                    return Started(process.pid, start_identity(process.pid))
        return None

    def release(self) -> None:
        """Let go of the children, which outlive us on purpose; Popen would otherwise warn about it."""
        for child in self._children.values():
            child.returncode = child.poll() or 0
        self._children.clear()

    def _is_ours(self, pid: int, record: Record) -> bool:
        try:
            return psutil.Process(pid).environ().get(MARK) == self._mark(record.name, record.start_id)
        except (psutil.Error, OSError):
            return False

    def _mark(self, name: str, start_id: str) -> str:
        return f"{self._scope}/{name}/{start_id}"

    def _exit_file(self, name: str, start_id: str) -> Path:
        return self._run / f"{name}.{start_id}.exit"


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def start_identity(pid: int) -> str:
    """When a process started: the machine's boot and a tick of its clock, of 10 ms (man 5 proc, field 22).

    Not psutil's create time: it is computed from a boot time that moves when the clock is corrected.
    """
    stat = Path(f"/proc/{pid}/stat").read_text()
    fields_after_name = stat.rpartition(")")[2].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{fields_after_name[19]}"


def is_same_process(pid: int, created: str | None) -> bool:
    """Whether the process that started at `created` (see `start_identity`) still lives under that id."""
    try:
        return start_identity(pid) == created and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False
