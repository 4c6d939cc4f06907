"""The fraud detection job: its fat jar, built with Maven from this checkout."""

import hashlib
import shutil
from pathlib import Path

from local.artefacts.cache import Artefact, install
from local.artefacts.command import run_tool
from local.artefacts.progress import Report, ignore_progress
from local.artefacts.versions import REPOSITORY

JAR_NAME = "fraud-detection.jar"
_PROJECT = REPOSITORY / "jobs" / "fraud_detection"
_SOURCES = ("pom.xml", "src/main")


def fraud_detection_jar(report: Report = ignore_progress) -> Path:
    """The job's jar for exactly these sources, which is built if the cache lacks it. Raises `CommandError`."""
    return install("fraud-detection-job", source_digest(_PROJECT), _build, report) / JAR_NAME


def source_digest(project: Path) -> str:
    """Return twelve hex digits that change when a file that goes into the jar does."""
    digest = hashlib.sha256()
    for file in sorted(path for root in _SOURCES for path in _files(project / root)):
        digest.update(f"{file.relative_to(project)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(root: Path) -> list[Path]:
    return [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file()]


def _build(artefact: Artefact) -> None:
    """Build a copy, because two builds at once must not share Maven's `target` folder."""
    copy = artefact.folder / "build"
    for root in _SOURCES:
        source, target = _PROJECT / root, copy / root
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    artefact.tell("building", str(_PROJECT))
    run_tool(
        ["nice", "mvn", "-B", "-ntp", "-Dstyle.color=never", "-DskipTests", "package"],
        folder=copy,
        next_step="telecom doctor (it checks Maven and Java), then the same command again; it keeps what was fetched",
        on_line=lambda line: artefact.tell("building", line),
    )
    (copy / "target" / JAR_NAME).rename(artefact.folder / JAR_NAME)
    shutil.rmtree(copy)
