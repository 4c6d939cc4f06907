import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry, Counter

from jobs.runtime.health import HealthServer


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_ready_follows_the_job() -> None:
    answers = [False]
    with HealthServer(0, lambda: answers[0], CollectorRegistry(), "127.0.0.1") as server:
        assert get(server.port, "/ready")[0] == 503
        answers[0] = True
        assert get(server.port, "/ready")[0] == 200


def test_live_answers_while_not_ready() -> None:
    with HealthServer(0, lambda: False, CollectorRegistry(), "127.0.0.1") as server:
        assert get(server.port, "/live")[0] == 200


def test_metrics_shows_the_registry() -> None:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", registry=registry).inc(3)
    with HealthServer(0, lambda: True, registry, "127.0.0.1") as server:
        assert "calls_total 3.0" in get(server.port, "/metrics")[1]


def test_another_path_names_those_that_exist() -> None:
    with HealthServer(0, lambda: True, CollectorRegistry(), "127.0.0.1") as server:
        status, body = get(server.port, "/")
    assert status == 404
    assert "/ready" in body


def test_the_host_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_HOST", "127.0.0.1")
    with HealthServer(0, lambda: True, CollectorRegistry()) as server:
        assert server._server.server_address[0] == "127.0.0.1"


def test_the_port_is_free_after_the_end() -> None:
    with HealthServer(0, lambda: True, CollectorRegistry(), "127.0.0.1") as server:
        port = server.port
    with HealthServer(port, lambda: True, CollectorRegistry(), "127.0.0.1") as again:
        assert get(again.port, "/live")[0] == 200
