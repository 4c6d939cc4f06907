"""Bounded logs: the writer keeps its file open for appending, so the file is copied and then truncated."""

import shutil
from pathlib import Path

LOG_LIMIT_BYTES = 20 * 1024 * 1024


def bound(log_file: Path, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
    """Move a log that has passed the limit to `<name>.1`, replacing the previous one, and start it empty.

    Lines that are written between the copy and the truncation are lost; a process never puts data in its log.
    """
    if log_file.is_file() and log_file.stat().st_size > limit_bytes:
        shutil.copyfile(log_file, log_file.with_name(log_file.name + ".1"))
        with log_file.open("r+b") as file:
            file.truncate(0)


def last_line(log_file: Path, limit_bytes: int = 4096) -> str:
    """Last line that is not blank, or an empty string."""
    lines = [line for line in tail(log_file, limit_bytes).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def tail(log_file: Path, limit_bytes: int) -> str:
    """End of a log."""
    if not log_file.is_file():
        return ""
    with log_file.open("rb") as file:
        file.seek(max(0, log_file.stat().st_size - limit_bytes))
        return file.read().decode(errors="replace")
