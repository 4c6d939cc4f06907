"""The cache of engines: one folder per artefact and version, complete or absent."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from local.artefacts.installed import STAMP, artefact_folder, installed
from local.artefacts.progress import Phase, Progress, Report, ignore_progress
from local.state.paths import cache_folder


@dataclass(frozen=True)
class Artefact:
    """What a builder needs: an empty folder to fill, and a way to report its progress."""

    name: str
    folder: Path
    report: Report
    started: float

    def tell(self, phase: Phase, detail: str = "") -> None:
        """Report a step."""
        self.report(Progress(self.name, phase, time.monotonic() - self.started, detail))


Build = Callable[[Artefact], None]


def install(name: str, version: str, build: Build, report: Report = ignore_progress) -> Path:
    """Folder of an artefact, which is built first if the cache lacks it; safe when several processes ask at once.

    `build` fills a temporary folder that is renamed when complete, so an interrupted build does not leave half of one.
    Raises what `build` raises.
    """
    started = time.monotonic()
    if folder := installed(name, version):
        report(Progress(name, "ready", 0.0, version))
        return folder
    root = cache_folder()
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / f".{name}-{version}.lock", lambda: report(_waiting(name, started))):
        if folder := installed(name, version):
            return folder
        folder = _build_and_rename(name, artefact_folder(name, version), build, report, started)
    report(Progress(name, "ready", time.monotonic() - started, version))
    return folder


def _waiting(name: str, started: float) -> Progress:
    return Progress(name, "waiting", time.monotonic() - started, "another process is preparing it")


@contextmanager
def _locked(path: Path, tell_waiting: Callable[[], None]) -> Iterator[None]:
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=2)
        except Timeout:
            tell_waiting()
    try:
        yield
    finally:
        lock.release()


def _build_and_rename(name: str, target: Path, build: Build, report: Report, started: float) -> Path:
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        build(Artefact(name, draft, report, started))
        (draft / STAMP).touch()
        draft.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target
