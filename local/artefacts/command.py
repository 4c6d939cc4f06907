"""Runs a build tool, shows its last line while it works, and explains a failure."""

import os
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.errors import LocalError

_TAIL_LINES = 15


class CommandError(LocalError):
    """A tool is missing or failed: the command, its last lines, the next step."""


def run_tool(
    argv: Sequence[str],
    *,
    next_step: str,
    on_line: Callable[[str], None] = lambda _: None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a command to its end, calling `on_line` for each line it prints. Raises `CommandError`."""
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            cwd=folder,
        )
    except OSError as error:
        raise CommandError(f"start `{argv[0]}`", str(error.strerror), next_step) from error
    with process:
        for line in process.stdout or ():
            tail.append(line.rstrip())
            on_line(line.strip())
    if process.returncode:
        lines = "\n  ".join(tail)
        raise CommandError(f"run `{' '.join(argv)}`", f"it ended with code {process.returncode}:\n  {lines}", next_step)
