"""A proxy in front of a real API server that answers some calls itself, with the errors of a server in trouble."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import httpx2
import yaml


@dataclass
class Fault:
    """Answer the next `times` calls of `method` whose path contains `path` with `code`; 0 cuts the connection."""

    method: str
    code: int
    times: int
    path: str = ""
    retry_after: str | None = None


@dataclass
class Faults:
    """Faults to come, and the calls that went through or were spoiled: (method, path with query, code)."""

    upcoming: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.upcoming:
                if fault.method == method and fault.path in path and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def writes(self) -> list[tuple[str, str, int]]:
        return [call for call in self.calls if call[0] != "GET"]

    def reads(self) -> list[tuple[str, str, int]]:
        return [call for call in self.calls if call[0] == "GET" and "watch=true" not in call[1]]


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
    server.daemon_threads = True
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
        server.server_close()
        upstream.close()
        thread.join()


def _handler(upstream: httpx2.Client, faults: Faults) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            fault = faults.take(self.command, self.path)
            if fault is None:
                self.pass_on()
            elif fault.code == 0:
                faults.calls.append((self.command, self.path, 0))
                self.connection.close()
            else:
                self.refuse(fault)

        do_GET = do_PATCH = do_POST = do_PUT = do_DELETE = forward

        def refuse(self, fault: Fault) -> None:
            faults.calls.append((self.command, self.path, fault.code))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps({"kind": "Status", "code": fault.code, "message": "injected", "reason": "Injected"})
            self.send_response(fault.code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault.retry_after:
                self.send_header("Retry-After", fault.retry_after)
            self.end_headers()
            self.wfile.write(body.encode())

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {"Content-Type": self.headers["Content-Type"]} if body else {}
            with (
                suppress(httpx2.TransportError, OSError),
                upstream.stream(self.command, self.path, content=body, headers=headers) as answer,
            ):
                faults.calls.append((self.command, self.path, answer.status_code))
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
