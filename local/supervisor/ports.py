"""Loopback ports: chosen once per name, kept in a file, and given up only if they were never used."""

import json
import random
import socket
from pathlib import Path

import psutil
from filelock import FileLock

from local.errors import LocalError
from local.state.files import write_atomically
from local.supervisor.loopback import LOOPBACK

# Below the range from which the kernel picks ports of outgoing connections.
FIRST_PORT, LAST_PORT = 20000, 32000


class PortError(LocalError):
    """No free port was found."""


def is_free(port: int) -> bool:
    """Whether a server could listen on the port of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As servers do: a connection that lingers after its server has ended does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def describe_holder(port: int) -> str:
    """Who listens on a port, in words: program, pid and owner as far as this user may see."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        connections = []
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            return _describe_process(connection.pid)
    return "another process"


def _describe_process(pid: int | None) -> str:
    if pid is None:
        return "a process of another user"
    try:
        process = psutil.Process(pid)
        return f"{process.name()} (pid {pid}, user {process.username()})"
    except psutil.Error:
        return f"pid {pid}"


class PortBook:
    """The ports of one state directory. Several processes may share a book."""

    def __init__(self, run_folder: Path) -> None:
        self._file = run_folder / "ports.json"
        self._lock = FileLock(run_folder / "ports.lock")
        self._known: dict[str, dict[str, int | bool]] = self._read()

    def claim(self, name: str) -> int:
        """Port of that name, chosen now if it has none. Raises `PortError`."""
        if entry := self._known.get(name):
            return int(entry["port"])
        with self._lock:
            self._known = self._read()
            if name not in self._known:
                self._known[name] = {"port": self._choose(), "used": False}
                self._write()
            return int(self._known[name]["port"])

    def mark_used(self, ports: tuple[int, ...]) -> None:
        """Remember that something has listened on these ports, which are kept from now on."""
        fresh = [name for name, entry in self._known.items() if entry["port"] in ports and not entry["used"]]
        if fresh:
            with self._lock:
                self._known = self._read()
                for name in fresh:
                    self._known[name]["used"] = True
                self._write()

    def give_up_unused(self, port: int) -> bool:
        """Forget a port that somebody else took before its first use; False if it must be kept."""
        with self._lock:
            self._known = self._read()
            names = [name for name, entry in self._known.items() if entry["port"] == port and not entry["used"]]
            for name in names:
                del self._known[name]
            self._write()
        return bool(names)

    def release(self, prefix: str) -> None:
        """Forget the ports whose names start with `prefix`."""
        with self._lock:
            self._known = {name: entry for name, entry in self._read().items() if not name.startswith(prefix)}
            self._write()

    def all(self) -> dict[str, int]:
        """Every claimed port by name."""
        return {name: int(entry["port"]) for name, entry in self._read().items()}

    def _choose(self) -> int:
        taken = {entry["port"] for entry in self._known.values()}
        for _ in range(200):
            port = random.randint(FIRST_PORT, LAST_PORT)  # noqa: S311 (a port is not a secret)
            if port not in taken and is_free(port):
                return port
        raise PortError(
            "find a free port", f"all that were tried between {FIRST_PORT} and {LAST_PORT} are taken", "ss -ltnp"
        )

    def _read(self) -> dict[str, dict[str, int | bool]]:
        if not self._file.is_file():
            return {}
        entries: dict[str, dict[str, int | bool]] = json.loads(self._file.read_text())
        return entries

    def _write(self) -> None:
        write_atomically(self._file, json.dumps(self._known, indent=1, sort_keys=True))
