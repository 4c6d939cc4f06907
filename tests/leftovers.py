"""Ends what a test session leaves when it is killed: a process beside it, told of its end by a pipe that closes.

All that a session starts, however detached, inherits its temporary folder as TMPDIR: by that it is found.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

VARIABLE = "TMPDIR"
PREFIX = "telecom-tests-"
# pytest keeps its own folders for whoever looks at a failure, so they stay where they are.
PYTESTS_OWN = "PYTEST_DEBUG_TEMPROOT"
ROUNDS = 3
# Where a test makes a node: its pods, mounts and firewall rules are no processes of ours.
NODE_PREFIX = "node-"
NODE_DOWN = Path(__file__).parents[1] / "local" / "kubernetes" / "node_down.sh"


class Leftovers:
    """The folder of this session, and the process that clears up behind it."""

    def __init__(self) -> None:
        os.environ.setdefault(PYTESTS_OWN, tempfile.gettempdir())
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        # A database server, which runs as `nobody` for root, must reach its data.
        self.folder.chmod(0o711)
        command = [sys.executable, __file__, str(self.folder)]
        # A session of its own, since Ctrl-C is for the tests; its environment is from before the folder.
        self._cleaner = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        os.environ[VARIABLE] = tempfile.tempdir = str(self.folder)

    def clear(self) -> None:
        """Clear up now; returns when that is done."""
        self._cleaner.communicate()


def processes_of(folder: str) -> list[psutil.Process]:
    """Processes that have the folder in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(VARIABLE) == folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end_all(folder: str) -> None:
    """Kill several times over: one may start another while it is looked for."""
    for _ in range(ROUNDS):
        found = processes_of(folder)
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=10)


def stop_nodes(folder: str) -> None:
    """Undo what a node made on this machine."""
    for run in Path(folder).glob(f"{NODE_PREFIX}*/state/run"):
        subprocess.run([NODE_DOWN, run.parent], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.stdin.read()
    stop_nodes(sys.argv[1])
    end_all(sys.argv[1])
    shutil.rmtree(sys.argv[1], ignore_errors=True)
