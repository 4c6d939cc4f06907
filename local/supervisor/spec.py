"""What the supervisor is asked to keep running."""

import hashlib
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class RestartPolicy(StrEnum):
    """When an ended process is started again."""

    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"


class StopRank:
    """Order of a full stop, smallest first: what writes stops before what it writes to."""

    WORKLOAD = 10
    KAFKA_BROKER = 50
    # After the brokers, which would otherwise wait in vain for another to take over their partitions.
    KAFKA_CONTROLLER = 55
    QUERY_ENGINE = 70
    STORAGE = 90


@dataclass(frozen=True)
class TcpProbe:
    """Passes when a connection to the port of 127.0.0.1 is accepted."""

    port: int


@dataclass(frozen=True)
class HttpProbe:
    """Passes when GET answers 200 to 399 and the body contains `body_contains`."""

    port: int
    path: str
    body_contains: str = ""


@dataclass(frozen=True)
class CommandProbe:
    """Passes when the command ends with code 0."""

    argv: tuple[str, ...]


Probe = TcpProbe | HttpProbe | CommandProbe


@dataclass(frozen=True)
class ProcessSpec:
    """One process. It is restarted when `revision` changes, which lets a caller decide what counts as a change."""

    name: str
    argv: tuple[str, ...]
    log_file: Path
    working_directory: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    revision: str = ""
    # Loopback ports that it will listen on; checked for other holders before a start.
    ports: tuple[int, ...] = ()
    # Where it answers, shown to people.
    endpoint: str = ""
    readiness: Probe | None = None
    liveness: Probe | None = None
    restart: RestartPolicy = RestartPolicy.ALWAYS
    # Failed runs after which it stays down; None means that it is tried forever.
    max_failures: int | None = None
    stop_signal: int = signal.SIGTERM
    stop_grace_seconds: float = 20.0
    stop_rank: int = StopRank.WORKLOAD
    # It is given up and started again if it is not ready after this time.
    start_timeout_seconds: float = 180.0
    # Before this time, the liveness of a process that is not ready yet does not count.
    liveness_delay_seconds: float = 0.0

    @property
    def identity(self) -> str:
        """Hash that changes when the process must be restarted: of the revision, or else of all that it runs with."""
        if self.revision:
            content = self.revision
        else:
            content = json.dumps([self.argv, sorted(self.environment.items()), str(self.working_directory)])
        return hashlib.sha256(content.encode()).hexdigest()[:16]
