"""What a pipeline says about its data: its sink while it runs, a nightly run at its end. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from contracts import metric_names
from contracts.nightly_verdict import NightlyVerdict


@dataclass(frozen=True)
class SinkFigures:
    """Records that wait for the sink, and the age of the newest event in bronze; None where unknown."""

    lag_records: float | None = None
    freshness_seconds: float | None = None


UNKNOWN = SinkFigures()


class FiguresSource(Protocol):
    """Where figures come from. It never raises: what cannot be read is unknown."""

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """Figures of a pipeline's sink, its pods together."""

    def of_nightly_run(self, pipeline: str, namespace: str) -> NightlyVerdict | None:
        """Verdict of the nightly run whose pod ended last; None if it left none or was cleaned up."""


class NoFigures:
    """For callers that have no sink to ask."""

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """Nothing is known."""
        return UNKNOWN

    def of_nightly_run(self, pipeline: str, namespace: str) -> NightlyVerdict | None:
        """Nothing is known."""
        return None


def figures_of(pages: Sequence[str | None]) -> SinkFigures:
    """Figures from the metrics pages of a sink's pods; None for a pod that does not answer.

    Figures of only some of the pods are not figures of the sink.

    If two pods report a partition, one of them has just handed it over, and the smaller lag is the newer one. The
    newest event of any topic counts, because a topic on which nothing happens is not stale.
    """
    read = [page for page in pages if page is not None]
    if len(read) < len(pages):
        return UNKNOWN
    lag: dict[tuple[str, str], float] = {}
    ages: list[float] = []
    for sample in _samples(read):
        if sample.name == metric_names.SINK_LAG_RECORDS:
            partition = (sample.labels["topic"], sample.labels["partition"])
            lag[partition] = min(sample.value, lag.get(partition, sample.value))
        elif sample.name == metric_names.SINK_FRESHNESS_SECONDS:
            ages.append(sample.value)
    return SinkFigures(sum(lag.values()) if lag else None, min(ages, default=None))


def _samples(pages: Sequence[str]) -> Iterator[Sample]:
    for page in pages:
        for family in text_string_to_metric_families(page):
            yield from family.samples
