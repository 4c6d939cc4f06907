"""Where LocalCluster keeps things: a state directory per project, and one cache of engines per user."""

from __future__ import annotations  # the doctor imports it, on any Python from 3.8 on

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STATE_DIRECTORY = Path(".telecom")
_CACHE_NAME = "telecom-lakehouse"


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
        refuses to run as root must reach its data as another user.
        """
        state = cls(root.absolute())
        for folder in (state.root, state.run, state.services):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)
        for folder in (state.logs, state.pods, state.secrets, state.kafka):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        return state

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
