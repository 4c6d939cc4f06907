"""Which artefacts are complete in the cache. Only the standard library: the doctor runs before all else."""

from __future__ import annotations

from pathlib import Path

from local.state.paths import cache_folder

STAMP = ".complete"


def artefact_folder(name: str, version: str) -> Path:
    """Where an artefact is, or will be."""
    return cache_folder() / f"{name}-{version}"


def installed(name: str, version: str) -> Path | None:
    """Folder of an artefact if it is complete in the cache, otherwise None."""
    folder = artefact_folder(name, version)
    return folder if (folder / STAMP).is_file() else None
