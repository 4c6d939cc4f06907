"""Remembers the last readings of figures, so that passes are cheap and fluctuating figures look steady."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contracts.nightly_verdict import NightlyVerdict
from operators.telecom_pipeline.figures.sink_figures import FiguresSource, SinkFigures

# Lag and age grow until the sink commits. The worst of several readings hides that, and still shows bad news at once.
REMEMBERED_READINGS = 5


@dataclass
class _Readings:
    read_at: float = float("-inf")
    last: deque[SinkFigures] = field(default_factory=lambda: deque(maxlen=REMEMBERED_READINGS))


class RecentFigures:
    """Reads `source` at most once in `interval_seconds` per pipeline; gives the worst of the last readings.

    A figure is unknown only if none of them has it, so a pod that is being replaced or slow to answer does not count.
    Thread-safe if only one thread at a time asks about any one pipeline.
    """

    def __init__(
        self, source: FiguresSource, interval_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._readings: dict[tuple[str, str], _Readings] = {}

    def of_sink(self, pipeline: str, namespace: str) -> SinkFigures:
        """See `FiguresSource.of_sink`."""
        readings = self._readings.setdefault((namespace, pipeline), _Readings())
        if self._clock() - readings.read_at >= self._interval_seconds:
            readings.last.append(self._source.of_sink(pipeline, namespace))
            readings.read_at = self._clock()
        return SinkFigures(
            _worst(each.lag_records for each in readings.last),
            _worst(each.freshness_seconds for each in readings.last),
        )

    def of_nightly_run(self, pipeline: str, namespace: str) -> NightlyVerdict | None:
        """See `FiguresSource.of_nightly_run`; a verdict does not change, so it is not remembered."""
        return self._source.of_nightly_run(pipeline, namespace)

    def forget(self, pipeline: str, namespace: str) -> None:
        """Forget a pipeline that is gone."""
        self._readings.pop((namespace, pipeline), None)


def _worst(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
