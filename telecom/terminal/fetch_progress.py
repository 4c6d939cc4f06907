"""Shows slow work: one line for each artefact, redrawn on a terminal, printed once a step elsewhere."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.live import Live
from rich.table import Table

from local.artefacts.progress import Progress
from telecom.terminal.console import notices

REPEAT_SECONDS = 20.0
DETAIL_LENGTH = 70


class ProgressBoard:
    """The latest step of every artefact. `report` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, Progress] = {}
        self._printed_at: dict[str, float] = {}
        self._is_terminal = notices.is_terminal

    def report(self, progress: Progress) -> None:
        """Record a step; without a terminal, print it if its phase is new or the last line is old."""
        with self._lock:
            before = self._latest.get(progress.artefact)
            self._latest[progress.artefact] = progress
            is_new = before is None or before.phase != progress.phase
            is_due = time.monotonic() - self._printed_at.get(progress.artefact, 0.0) > REPEAT_SECONDS
            if not self._is_terminal and (is_new or is_due):
                self._printed_at[progress.artefact] = time.monotonic()
                notices.print(_line(progress))

    def table(self) -> Table:
        """One line for each artefact."""
        grid = Table.grid(padding=(0, 1))
        with self._lock:
            for progress in self._latest.values():
                grid.add_row(*_cells(progress))
        return grid


def _cells(progress: Progress) -> tuple[str, str, str, str]:
    return (
        f"  {progress.artefact:12}",
        f"{progress.phase:10}",
        f"{progress.elapsed_seconds:6.1f} s",
        progress.detail[:DETAIL_LENGTH],
    )


def _line(progress: Progress) -> str:
    return " ".join(_cells(progress)).rstrip()


@contextmanager
def progress_board() -> Iterator[ProgressBoard]:
    """A board that is redrawn four times a second while the block runs."""
    board = ProgressBoard()
    if not notices.is_terminal:
        yield board
        return
    with Live(get_renderable=board.table, console=notices, refresh_per_second=4):
        yield board
