"""Where LocalCluster keeps things: a state directory per project, and one cache of engines per user."""

from __future__ import annotations  # the doctor imports it, on any Python from 3.8 on

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError

DEFAULT_STATE_DIRECTORY = Path(".telecom")
_CACHE_NAME = "telecom-lakehouse"
# Its presence says that the folder is ours, so that nothing else is ever filled with our files or deleted.
_MARKER_NAME = "telecom-state"
_MARKER_TEXT = "A telecom cluster keeps its state in this folder; `telecom clean` deletes it.\n"


class StateFolderError(LocalError):
    """The folder that should hold the state of a cluster cannot be used for that."""


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Folder of fetched and built engines: $TELECOM_CACHE, or below $XDG_CACHE_HOME or ~/.cache."""
    if chosen := environ.get("TELECOM_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / _CACHE_NAME


@dataclass(frozen=True)
class StateDirectory:
    """Everything that one LocalCluster remembers; deleting the folder while it is down deletes the cluster."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> StateDirectory:
        """Create the folder and its parts where missing.

        Folders that hold credentials have mode 0700. Everyone can enter the others, because a database server that
        refuses to run as root must reach its data as another user. Raises `StateFolderError`, with nothing changed,
        for a folder that holds something else, and for the current folder, as which an empty path reads.
        """
        state = cls(root.absolute())
        if not state.holds_cluster:
            _require_free(root)
        _make_enterable(state.root)
        if not state.marker.exists():
            state.marker.write_text(_MARKER_TEXT)
        for folder in (state.run, state.services):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)
        for folder in (state.logs, state.pods, state.secrets, state.kafka):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        return state

    def command(self, verb: str) -> str:
        """How to call a verb for this folder: with `--state`, unless the verb takes this folder without it."""
        default = Path(os.environ.get("TELECOM_STATE") or DEFAULT_STATE_DIRECTORY).absolute()
        return f"telecom {verb}" if self.root == default else f"telecom {verb} --state {shlex.quote(str(self.root))}"

    @property
    def marker(self) -> Path:
        """File that says that the folder is a state directory."""
        return self.root / _MARKER_NAME

    @property
    def holds_cluster(self) -> bool:
        """Whether a cluster was ever started here. Versions that wrote no marker always made all these folders."""
        parts = (self.run, self.services, self.logs, self.pods, self.secrets, self.kafka)
        return self.marker.is_file() or all(part.is_dir() for part in parts)

    @property
    def store(self) -> Path:
        """SQLite file of the objects."""
        return self.root / "store.db"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Records of processes, ports and locks."""
        return self.root / "run"

    @property
    def pods(self) -> Path:
        """Volumes of Deployments and Jobs, as folders."""
        return self.root / "pods"

    @property
    def services(self) -> Path:
        """Data of PostgreSQL, MinIO and Trino, one folder each."""
        return self.root / "services"

    @property
    def secrets(self) -> Path:
        """Generated passwords of the services."""
        return self.root / "secrets"

    @property
    def kafka(self) -> Path:
        """Logs, keys and configuration of Kafka clusters."""
        return self.root / "kafka"

    def log_file(self, process: str) -> Path:
        """Log of a process of the supervisor."""
        return self.logs / f"{process}.log"


def _require_free(root: Path) -> None:
    if root == Path():
        why = "it is the current folder, or an empty path"
    elif root.is_dir() and any(root.iterdir()):
        why = "it holds files that are not of a cluster"
    else:
        return
    tried = f"keep the state of a cluster in {root.absolute()}"
    raise StateFolderError(tried, why, f"name an empty or a new folder, such as --state {DEFAULT_STATE_DIRECTORY}")


def _make_enterable(folder: Path) -> None:
    """Create the folder with mode 0711; one that exists only becomes one that everybody can enter."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o711)
    elif folder.stat().st_mode & 0o011 != 0o011:
        folder.chmod(folder.stat().st_mode & 0o7777 | 0o011)
