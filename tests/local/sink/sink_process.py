"""The sink as a process of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from sink_engines import WAIT_SECONDS

from contracts.metric_names import SINK_BUFFERED_BYTES, SINK_LAG_RECORDS
from operators.telecom_pipeline.figures.metrics_page import read_metrics_page


@dataclass
class SinkProcess:
    """`python -m jobs.kafka_to_bronze` as a process of its own."""

    process: "subprocess.Popen[bytes]"
    log_file: Path
    metrics_port: int

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait(WAIT_SECONDS)

    def terminate(self) -> int:
        """SIGTERM; exit code."""
        self.process.terminate()
        return self.process.wait(WAIT_SECONDS)

    def wait(self) -> int:
        """Exit code once it ends by itself."""
        return self.process.wait(WAIT_SECONDS)

    def log(self) -> list[dict[str, object]]:
        """Its log records."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines() if line.startswith("{")]

    def partitions_with_lag(self) -> set[int]:
        """Partitions whose lag it tells Prometheus."""
        return {int(sample.labels["partition"]) for sample in self._samples(SINK_LAG_RECORDS)}

    def buffered_bytes(self) -> int:
        """Bytes of values that it has read and not committed; none while it tells nothing."""
        return sum(int(sample.value) for sample in self._samples(SINK_BUFFERED_BYTES))

    def _samples(self, metric: str) -> list[Sample]:
        page = read_metrics_page(f"http://127.0.0.1:{self.metrics_port}") or ""
        samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
        return [sample for sample in samples if sample.name == metric]

    def has_logged(self, event: str) -> bool:
        return any(event in str(record.get("event")) for record in self.log())
