"""Figures of sinks that run as processes of this machine."""

from local.machine import Machine
from operators.telecom_pipeline import names
from operators.telecom_pipeline.figures import SinkFigures, figures_of
from operators.telecom_pipeline.metrics_page import read_metrics_page
from operators.telecom_pipeline.render.workload import METRICS_PORT_NAME


class ProcessFigures:
    """Asks the ready processes of a sink at the ports that were chosen for them."""

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
        return figures_of([read_metrics_page(f"http://127.0.0.1:{self._port(name)}") for name in ready])

    def _port(self, process: str) -> int:
        return self._machine.ports.claim(f"{process}.{METRICS_PORT_NAME}")
