"""HTTP endpoints of a job: `/metrics` (Prometheus), `/live` and `/ready` (probes)."""

import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from contracts.environment import METRICS_HOST

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 (probes and Prometheus come from outside the pod)
PLAIN_TEXT = "text/plain; charset=utf-8"


class HealthServer:
    """Serves in a background thread for the length of a `with` block.

    `/live` answers 200 as long as the process can answer; `/ready` answers 200 or 503, as `is_ready()` says. Port 0
    takes a free port; `port` tells which. The host comes from the environment variable METRICS_HOST.
    """

    def __init__(
        self, port: int, is_ready: Callable[[], bool], registry: CollectorRegistry = REGISTRY, host: str | None = None
    ) -> None:
        address = (host or os.environ.get(METRICS_HOST, ALL_INTERFACES), port)
        self._server = ThreadingHTTPServer(address, _handler(is_ready, registry))
        self._thread = Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        """TCP port it listens on."""
        return self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(is_ready: Callable[[], bool], registry: CollectorRegistry) -> type[BaseHTTPRequestHandler]:
    def answer(path: str) -> tuple[int, str, bytes]:
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
        if path == "/live":
            return 200, PLAIN_TEXT, b"live\n"
        if path == "/ready":
            return (200, PLAIN_TEXT, b"ready\n") if is_ready() else (503, PLAIN_TEXT, b"not ready\n")
        return 404, PLAIN_TEXT, b"try /metrics, /live or /ready\n"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: probes come every few seconds and would drown the job's own log."""

    return Handler
