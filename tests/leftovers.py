"""Tells what a test session leaves running, and ends it, also when the session is killed.

A process beside the session is told of its end by a pipe that closes. All that a session starts, however detached,
inherits its temporary folder as TMPDIR: by that it is found.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

VARIABLE = "TMPDIR"
PREFIX = "telecom-tests-"
# pytest keeps its own folders for whoever looks at a failure, so they stay where they are.
PYTESTS_OWN = "PYTEST_DEBUG_TEMPROOT"
ROUNDS = 3
ENDING_SECONDS = 10.0
STARTING_SECONDS = 0.1
# Python's own, which ends with the process that it serves.
OF_PYTHON = "multiprocessing.resource_tracker"
SHOWN_CHARACTERS = 200
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

    def left_running(self) -> list[str]:
        """What no test has ended, in words; what is about to end gets the time for it."""
        folder = str(self.folder)
        staying = what_stays(lambda: started_by_tests(folder))
        return [f"{process.pid}: {command_of(process)}" for process in staying] + nodes_of(folder)

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


def started_by_tests(folder: str) -> list[psutil.Process]:
    """Processes of the folder that a test has to end."""
    return [process for process in processes_of(folder) if OF_PYTHON not in command_of(process)]


def what_stays(find: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    """Processes that are there after the time for ending, or none as soon as there is none."""
    deadline = time.monotonic() + ENDING_SECONDS
    found = _looked_for_twice(find)
    while found and time.monotonic() < deadline:
        time.sleep(0.1)
        found = _looked_for_twice(find)
    return found


def _looked_for_twice(find: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    """A process that is starting has no environment for a moment, so that one look may miss it."""
    if found := find():
        return found
    time.sleep(STARTING_SECONDS)
    return find()


def command_of(process: psutil.Process) -> str:
    """The beginning of its command line; empty if it has just ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())[:SHOWN_CHARACTERS]
    return ""


def nodes_of(folder: str) -> list[str]:
    """State folders of nodes that are not undone."""
    return [str(run.parent) for run in Path(folder).glob(f"{NODE_PREFIX}*/state/run")]


def end_all(folder: str) -> None:
    """Kill several times over: one may start another while it is looked for."""
    for _ in range(ROUNDS):
        for process in processes_of(folder):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        what_stays(lambda: processes_of(folder))


def stop_nodes(folder: str) -> None:
    """Undo what a node made on this machine."""
    for state in nodes_of(folder):
        subprocess.run([NODE_DOWN, state], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.stdin.read()
    stop_nodes(sys.argv[1])
    end_all(sys.argv[1])
    # A node whose mounts would not go is still there: nothing is deleted through a mount.
    if not nodes_of(sys.argv[1]):
        shutil.rmtree(sys.argv[1], ignore_errors=True)
