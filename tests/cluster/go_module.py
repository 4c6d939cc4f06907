"""Files that come with a Go module, from Go's own module cache."""

import json
from pathlib import Path

from local.artefacts.cache import Artefact
from local.artefacts.command import run_tool


def module_folder(artefact: Artefact, module: str, version: str) -> Path:
    """Read-only folder with all files of a module version, fetched if missing. Raises `CommandError`."""
    pinned = f"{module}@{version}"
    artefact.tell("fetching", pinned)
    lines: list[str] = []
    argv = ["go", "mod", "download", "-json", pinned]
    run_tool(argv, next_step="check `go env GOPROXY`", on_line=lines.append, folder=artefact.folder)
    return Path(json.loads("\n".join(lines))["Dir"])
