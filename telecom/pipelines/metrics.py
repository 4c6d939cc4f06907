"""Reads what a process reports on its metrics port."""

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from operators.telecom_pipeline.figures.metrics_page import read_metrics_page


@dataclass(frozen=True)
class Scrape:
    """Samples of one process at one moment: values by name, whatever their labels."""

    values: dict[str, list[float]]

    def total(self, name: str) -> float | None:
        """Sum over all labels; None when the process has no such metric."""
        return sum(self.values[name]) if name in self.values else None

    def lowest(self, name: str) -> float | None:
        """Smallest value over all labels; None when the process has no such metric."""
        return min(self.values[name]) if self.values.get(name) else None


def scrape(base_url: str) -> Scrape:
    """Metrics of the process at an HTTP address; empty if it does not answer."""
    return parse(read_metrics_page(base_url) or "")


def parse(text: str) -> Scrape:
    """Samples of a page in Prometheus' text format."""
    values: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values.setdefault(sample.name, []).append(sample.value)
    return Scrape(values)
