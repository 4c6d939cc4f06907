"""HTTP endpoints of the operator: /metrics for Prometheus, /live and /ready for the kubelet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class ProbesError(Exception):
    """The port of the probes is taken or not allowed."""


@dataclass(frozen=True)
class Check:
    """A probe: `passes` is called at each request, `failure` says what it means if the answer is no."""

    passes: Callable[[], bool]
    failure: str


class Probes:
    """Serves in a background thread for the duration of a `with`; port 0 chooses a free one, which `port` returns."""

    def __init__(self, host: str, port: int, registry: CollectorRegistry, checks: dict[str, Check]) -> None:
        """`checks` by path, such as `/live`."""
        metrics: WsgiApp = make_wsgi_app(registry)

        def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            check = checks.get(environ["PATH_INFO"])
            if check is None:
                return metrics(environ, start_response)
            passes = check.passes()
            start_response("200 OK" if passes else "503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"ok\n" if passes else f"{check.failure}\n".encode()]

        try:
            self._server = make_server(host, port, answer, handler_class=_QuietHandler)
        except OSError as error:
            raise ProbesError(
                f"Port {port} of {host} cannot be used: {error}. Set TELECOM_HTTP_PORT to another one."
            ) from error
        self._thread = Thread(target=self._server.serve_forever, name="probes", daemon=True)

    @property
    def port(self) -> int:
        """TCP port it listens on."""
        return self._server.server_port

    def __enter__(self) -> "Probes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: probes every few seconds would drown out the operator's own messages."""
