"""Orderly stop: SIGTERM and SIGINT set a flag that a job's loop looks at."""

import os
import select
import signal
from types import FrameType


class StopSignal:
    """A flag that SIGTERM, SIGINT or `set()` sets. Create it in the main thread: it installs its handlers at once.

    It is a pipe and not a `threading.Event`: an Event's lock is not reentrant, so a handler that sets it while the main
    thread waits for it can deadlock.
    """

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()
        self._is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def is_set(self) -> bool:
        """True once a stop was asked for."""
        return self._is_set

    def set(self) -> None:
        """Ask for the stop from inside the process."""
        if not self._is_set:
            self._is_set = True
            os.write(self._write_end, b"\0")

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`, or until a stop is asked for; return `is_set()`."""
        # The byte is never read, so every later wait returns at once.
        select.select([self._read_end], [], [], max(seconds, 0.0))
        return self._is_set

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.set()
