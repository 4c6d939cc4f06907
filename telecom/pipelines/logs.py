"""What the components of a cluster wrote."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from local.errors import LocalError
from local.state.paths import StateDirectory

POLL_SECONDS = 0.3
# More than most lines have: the end of a file is read at once, so that a large log costs no more than a small one.
BYTES_PER_LINE = 400


class NoSuchLogError(LocalError):
    """No component of that name has ever run here."""


def log_files(state: StateDirectory, component: str) -> list[Path]:
    """The log of that component, or those of all components with `component` in their names.

    Raises `NoSuchLogError` that lists the components that have a log.
    """
    files = sorted(state.logs.glob("*.log"))
    exact = [file for file in files if file.stem == component]
    matching = exact or [file for file in files if component in file.stem]
    if not matching:
        known = ", ".join(file.stem for file in files) or "nothing"
        raise NoSuchLogError(
            f"show the log of {component}", f"it never ran here; there are: {known}", state.command("status")
        )
    return matching


def last_lines(file: Path, count: int) -> list[str]:
    """At most `count` lines from the end of a file."""
    with file.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - count * BYTES_PER_LINE))
        return log.read().decode(errors="replace").splitlines()[-count:] if count else []


def new_text(file: Path) -> Iterator[str]:
    """Text that is appended to the file from now on, without end."""
    with file.open(errors="replace") as log:
        log.seek(0, os.SEEK_END)
        while True:
            if text := log.read():
                yield text
            else:
                time.sleep(POLL_SECONDS)
