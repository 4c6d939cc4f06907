"""The operator as a process of its own, as its pod runs it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families


@dataclass
class OperatorProcess:
    """A running operator."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def probe(self, path: str) -> int:
        """HTTP status of /live or /ready."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def metric(self, name: str, **labels: str) -> float:
        """Sum of the samples of a metric that carry `labels`."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = (sample for family in families for sample in family.samples if sample.name == name)
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


@contextmanager
def operator(
    kubeconfig: Path, folder: Path, *, namespace: str, identity: str = "one", **settings: str
) -> Iterator[OperatorProcess]:
    """Run an operator on one namespace until the block ends; `settings` are further TELECOM_ variables."""
    port = _free_port()
    environment = os.environ | {
        "KUBECONFIG": str(kubeconfig),
        "TELECOM_NAMESPACES": namespace,
        "TELECOM_OPERATOR_NAMESPACE": namespace,
        "TELECOM_IDENTITY": identity,
        "TELECOM_HTTP_HOST": "127.0.0.1",
        "TELECOM_HTTP_PORT": str(port),
        "TELECOM_PROGRESSING_SECONDS": "2",
        **{f"TELECOM_{name.upper()}": value for name, value in settings.items()},
    }
    log = folder / f"operator-{identity}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "operators.telecom_pipeline.controller"],
            env=environment,
            stdout=output,
            stderr=output,
            cwd=Path(__file__).parents[2],
        )
    running = OperatorProcess(process, port, log)
    try:
        eventually(lambda: running.probe("/ready") == 200, what=f"operator ready, see {log}")
        yield running
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()


def eventually(condition: Callable[[], bool], seconds: float = 30.0, what: str = "the condition") -> None:
    """Wait until the condition holds; fails after the bound."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds:.0f} s"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
