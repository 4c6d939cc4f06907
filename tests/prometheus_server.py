"""A real Prometheus that scrapes what a test runs, and the expressions of dashboards and alert rules to ask it."""

import json
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_package import prometheus_binaries

from operators.telecom_pipeline.generate.monitoring.alert_rules import DATA_RULES, OPERATOR_RULES
from operators.telecom_pipeline.generate.monitoring.files import DASHBOARDS

# Prometheus' own timeout: on a machine that does other work, too, a page of Flink's takes seconds.
SCRAPE_SECONDS = 10
# As long as several scrapes: what Grafana would put in for `$__rate_interval`.
RATE_WINDOW = "60s"
START_SECONDS = 60.0
PANEL_QUERIES = tuple(query.expression for board in DASHBOARDS for panel in board.panels for query in panel.queries)
RULE_EXPRESSIONS = tuple(rule.expression for rule in OPERATOR_RULES + DATA_RULES)


@dataclass(frozen=True)
class Target:
    """A page of metrics, with the labels that the monitors of the operator's chart add."""

    port: int
    labels: Mapping[str, str]


@dataclass(frozen=True)
class PrometheusServer:
    """A running Prometheus."""

    port: int

    def is_up(self) -> bool:
        """Whether it answers, and the last scrape of every target went well."""
        try:
            return not self.troubles()
        except OSError:
            return False

    def troubles(self) -> dict[str, str]:
        """What kept each target that is not up from being scraped."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/targets?state=active", timeout=10) as answer:
            targets = json.load(answer)["data"]["activeTargets"]
        return {each["labels"].get("pod", ""): each["lastError"] for each in targets if each["health"] != "up"}

    def wait_until_up(self, seconds: float = START_SECONDS) -> None:
        """Until the last scrape of every target went well, or fail saying which did not."""
        deadline = time.monotonic() + seconds
        while not self.is_up():
            assert time.monotonic() < deadline, f"not scraped within {seconds:.0f} s: {self.troubles()}"
            time.sleep(0.5)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Samples of an instant query; fails for what Prometheus does not understand."""
        text = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/query?{text}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        samples: list[dict[str, Any]] = found["data"]["result"]
        return samples

    def has(self, metric: str) -> bool:
        """Whether a metric of that name was scraped."""
        return bool(self.query(f"count({metric})"))


def metrics_of(expression: str) -> set[str]:
    """Names of the metrics in an expression."""
    return set(re.findall(r"\b(?:telecom|flink|kafka)_\w+", expression))


def asked(expression: str) -> str:
    """A panel's query as Grafana sends it with all pipelines chosen."""
    return re.sub(r"\$(namespace|pipeline)", ".*", expression).replace("$__rate_interval", RATE_WINDOW)


def labels_of(expression: str) -> set[str]:
    """Labels by which an expression groups."""
    groups = re.findall(r"by \(([^)]*)\)", expression)
    return {label.strip() for group in groups for label in group.split(",")} - {"le"}


def missing_labels(expression: str, samples: Sequence[Mapping[str, Any]]) -> set[str]:
    """Labels by which it groups and that not every sample has."""
    kept = labels_of(expression)
    return {label for label in kept if not all(sample["metric"].get(label) for sample in samples)}


@contextmanager
def prometheus(folder: Path, targets: Sequence[Target]) -> Iterator[PrometheusServer]:
    """Run Prometheus until the block ends; it has scraped every target when the block begins."""
    configuration = {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": f"{SCRAPE_SECONDS}s"},
        "scrape_configs": [{"job_name": "pods", "honor_labels": True, "static_configs": _static_configs(targets)}],
    }
    file, log = folder / "prometheus.yaml", folder / "prometheus.log"
    file.write_text(yaml.safe_dump(configuration))
    server = PrometheusServer(_free_port())
    command = [
        str(prometheus_binaries() / "prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{server.port}",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        server.wait_until_up()
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _static_configs(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [{"targets": [f"127.0.0.1:{each.port}"], "labels": dict(each.labels)} for each in targets]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
