"""A proxy in front of a real API server: it notes calls, and answers some itself as a server in trouble would."""

import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

import httpx2
import yaml
from operator_process import eventually

from operators.telecom_pipeline.controller.handlers import ANNOTATION_PREFIX
from operators.telecom_pipeline.objects.custom_resource import PLURAL

# As a real API server puts them.
REASONS = {
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}
QUIET_SECONDS = 1.5
# Who leads, renewed every few seconds.
LEASES = "leases"
_RESOURCE = re.compile(r"/(?:api|apis/[^/]+)/[^/]+/(?:namespaces/[^/]+/)?([^/?]+)(?:/[^/?]+(/[^/?]+))?")


@dataclass
class Fault:
    """Answer the next `times` calls of `method` whose path contains `path` with `code`; 0 cuts the connection."""

    method: str
    code: int
    times: int
    path: str = ""
    retry_after: str | None = None


class Call(NamedTuple):
    """A call that went through or was spoiled; `at` is the time when it came, in seconds."""

    method: str
    path: str
    code: int
    at: float
    body: bytes = b""

    @property
    def resource(self) -> str:
        """What was called for, such as `kafkatopics` or `kafkatopics/status`."""
        found = _RESOURCE.match(self.path)
        return "".join(part or "" for part in found.groups()) if found else ""

    @property
    def is_bookkeeping(self) -> bool:
        """Whether it changes nothing that a user or a pass could mean: who leads, or what kopf notes for itself."""
        return self.resource == LEASES or self._is_note_of_kopf

    @property
    def _is_note_of_kopf(self) -> bool:
        if (self.method, self.resource) != ("PATCH", PLURAL) or not self.body:
            return False
        match yaml.safe_load(self.body):
            case {"metadata": {"annotations": dict(notes), **others}, **rest} if not others and not rest:
                return all(name.startswith(f"{ANNOTATION_PREFIX}/") for name in notes)
        return False


@dataclass
class Faults:
    """Faults to come, and the calls that were made."""

    upcoming: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _streams: set[socket.socket] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.upcoming:
                if fault.method == method and fault.path in path and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    @property
    def are_used_up(self) -> bool:
        return not any(fault.times for fault in self.upcoming)

    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    def changes(self) -> list[Call]:
        """Writes of passes."""
        return [call for call in self.writes() if not call.is_bookkeeping]

    def wait_until_quiet(self) -> None:
        """Until nothing was changed for a while: a pipeline that just became ready still has its record to be told."""

        def is_quiet() -> bool:
            return all(call.at < time.monotonic() - QUIET_SECONDS for call in self.changes()[-1:])

        eventually(is_quiet, seconds=30, what="an operator that has nothing to write")

    def reads(self) -> list[Call]:
        return [call for call in self.calls if call.method == "GET" and "watch=true" not in call.path]

    def cut_streams(self) -> None:
        """Break every answer that is on its way: all watches end at once."""
        with self._lock:
            for stream in self._streams:
                with suppress(OSError):
                    stream.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def streaming(self, *ends: socket.socket) -> Iterator[None]:
        with self._lock:
            self._streams.update(ends)
        try:
            yield
        finally:
            with self._lock:
                self._streams.difference_update(ends)


@contextmanager
def fault_proxy(kubeconfig: Path, folder: Path) -> Iterator[tuple[Path, Faults]]:
    """Run a proxy to the server of `kubeconfig`; yields a kubeconfig that goes through it, and its faults."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    faults = Faults()
    upstream = httpx2.Client(
        base_url=cluster["server"],
        verify=ssl.create_default_context(cafile=cluster["certificate-authority"]),
        headers={"Authorization": f"Bearer {user['token']}"},
        timeout=httpx2.Timeout(120.0),
        limits=httpx2.Limits(max_connections=200),
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream, faults))
    server.daemon_threads = False  # so that closing it waits for them
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    cluster.pop("certificate-authority")
    cluster["server"] = f"http://127.0.0.1:{server.server_port}"
    through_proxy = folder / "proxy.kubeconfig"
    through_proxy.write_text(yaml.safe_dump(config))
    try:
        yield through_proxy, faults
    finally:
        server.shutdown()
        faults.cut_streams()
        server.server_close()
        upstream.close()
        thread.join()


def _handler(upstream: httpx2.Client, faults: Faults) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = faults.take(self.command, self.path)
            if fault is None:
                self.pass_on(body)
            elif fault.code == 0:
                self.note(0, body)
                self.connection.close()
            else:
                self.refuse(fault, body)

        do_GET = do_PATCH = do_POST = do_PUT = do_DELETE = forward

        def note(self, code: int, body: bytes) -> None:
            faults.calls.append(Call(self.command, self.path, code, time.monotonic(), body))

        def refuse(self, fault: Fault, sent: bytes) -> None:
            self.note(fault.code, sent)
            status = {"kind": "Status", "code": fault.code, "message": "injected", "reason": REASONS[fault.code]}
            body = json.dumps(status)
            self.send_response(fault.code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault.retry_after:
                self.send_header("Retry-After", fault.retry_after)
            self.end_headers()
            self.wfile.write(body.encode())

        def pass_on(self, body: bytes) -> None:
            headers = {"Content-Type": self.headers["Content-Type"]} if body else {}
            with (
                suppress(httpx2.TransportError, OSError),
                upstream.stream(self.command, self.path, content=body, headers=headers) as answer,
                faults.streaming(self.connection, answer.extensions["network_stream"].get_extra_info("socket")),
            ):
                self.note(answer.status_code, body)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Connection", "close")
                self.end_headers()
                for chunk in answer.iter_bytes():
                    self.wfile.write(chunk)
                    self.wfile.flush()

        def log_message(self, *_: object) -> None:
            return

    return Handler
