"""Figures of pipelines whose pods are processes on this machine."""

from contracts.nightly_verdict import NightlyVerdict, read_verdict
from local.adapters.workloads.pods import termination_log_of
from local.supervisor.loopback import LOOPBACK
from local.supervisor.machine import Machine
from operators.telecom_pipeline.figures.metrics_page import read_metrics_page
from operators.telecom_pipeline.figures.sink_figures import SinkFigures, figures_of
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.render.workload import METRICS_PORT_NAME


class ProcessFigures:
    """Reads the metrics of a sink's ready processes at their ports, and the termination log of a nightly run."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """See `FiguresSource.of_sink`."""
        prefix = f"deployment.{namespace}.{names.component(pipeline, names.KAFKA_TO_BRONZE)}."
        ready = [
            record.name
            for record in self._machine.supervisor.records()
            if record.name.startswith(prefix) and record.is_ready
        ]
        return figures_of([read_metrics_page(f"http://{LOOPBACK}:{self._port(name)}") for name in ready])

    def of_nightly_run(self, pipeline: str, namespace: str) -> NightlyVerdict | None:
        """See `FiguresSource.of_nightly_run`."""
        file = termination_log_of(self._machine, f"job.{namespace}.{names.component(pipeline, names.NIGHTLY)}.0")
        return read_verdict(file.read_text()) if file.is_file() else None

    def _port(self, process: str) -> int:
        return self._machine.ports.claim(f"{process}.{METRICS_PORT_NAME}")
