"""Writing files so that a reader, or a crash, never sees half of one."""

import os
from pathlib import Path


def write_atomically(path: Path, content: str | bytes, mode: int = 0o600) -> bool:
    """Replace a file in one step; returns False and touches nothing if it already holds the content."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    draft.chmod(mode)
    draft.replace(path)
    return True
