"""Runs probes beside the supervisor's loop, so that a slow answer does not hold anything up."""

import http.client
import socket
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from local.supervisor.loopback import LOOPBACK
from local.supervisor.spec import CommandProbe, HttpProbe, Probe, TcpProbe

TIMEOUT_SECONDS = 2.0
# Often while somebody waits for a start, rarely once it runs.
STARTING_PERIOD_SECONDS = 0.2
STEADY_PERIOD_SECONDS = 5.0
# This many failures in a row make a process that was ready count as not ready.
FAILURE_THRESHOLD = 3


def run_probe(probe: Probe) -> bool:
    """Whether the probe passes now; takes at most a few seconds."""
    try:
        match probe:
            case TcpProbe(port):
                socket.create_connection((LOOPBACK, port), TIMEOUT_SECONDS).close()
                return True
            case HttpProbe():
                return _http_passes(probe)
            case CommandProbe(argv):
                done = subprocess.run(argv, capture_output=True, check=False, timeout=TIMEOUT_SECONDS)
                return done.returncode == 0
    except (OSError, http.client.HTTPException, subprocess.TimeoutExpired):
        return False


def _http_passes(probe: HttpProbe) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, probe.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", probe.path)
        response = connection.getresponse()
        body = response.read(65536).decode(errors="replace")
        return 200 <= response.status < 400 and probe.body_contains in body
    finally:
        connection.close()


@dataclass
class _Watched:
    probe: Probe
    next_at: float = 0.0
    running: Future[bool] | None = None
    passed: bool | None = None
    failures: int = 0


class ProbeRunner:
    """Latest answers of probes, by key. Not thread-safe: only one loop asks."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="probe")
        self._watched: dict[tuple[str, str], _Watched] = {}

    def answer(self, key: tuple[str, str], probe: Probe, eager: bool) -> bool | None:
        """What the probe last said; None before its first answer. `eager` asks often and believes a single failure."""
        watched = self._watched.get(key)
        if watched is None or watched.probe != probe:
            watched = self._watched[key] = _Watched(probe)
        self._collect(watched, eager)
        now = time.monotonic()
        if watched.running is None and now >= watched.next_at:
            watched.running = self._threads.submit(run_probe, probe)
            watched.next_at = now + (STARTING_PERIOD_SECONDS if eager else STEADY_PERIOD_SECONDS)
        return watched.passed

    def forget(self, name: str) -> None:
        """Drop the answers about a process, because the next one is a different process."""
        for key in [key for key in self._watched if key[0] == name]:
            del self._watched[key]

    def close(self) -> None:
        """Stop asking."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _collect(watched: _Watched, eager: bool) -> None:
        if watched.running is None or not watched.running.done():
            return
        passed = watched.running.result()
        watched.running = None
        watched.failures = 0 if passed else watched.failures + 1
        if passed or eager or watched.passed is None or watched.failures >= FAILURE_THRESHOLD:
            watched.passed = passed
