"""MinIO, built from its Go module because its images and downloads were withdrawn."""

from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import versions


def minio_binary(report: Report = ignore_progress) -> Path:
    """The server's binary; the first build takes minutes. Raises `CommandError`."""
    return install("minio", versions().minio.version, _build, report) / "minio"


def _build(artefact: Artefact) -> None:
    pinned = versions().minio
    artefact.tell("building", f"{pinned.module}@{pinned.version}")
    run_tool(
        ["nice", "go", "install", "-v", "-trimpath", f"{pinned.module}@{pinned.version}"],
        environment={"GOBIN": str(artefact.folder), "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"},
        next_step="telecom doctor (it checks Go), then the same command again; it keeps what was compiled",
        on_line=lambda line: artefact.tell("building", line),
    )
