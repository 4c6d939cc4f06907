"""The stretch of event time whose records a run sends."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from jobs.producers.traffic.records import RecordBatch
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks


@dataclass(frozen=True)
class Period:
    """Event time from `start_ms` to before `end_ms` (since 1970), or without an end."""

    start_ms: int
    end_ms: int | None

    def ticks(self, ticks: Ticks) -> Iterator[int]:
        """Numbers of the ticks that it touches."""
        first = ticks.number_at(self.start_ms)
        if self.end_ms is None:
            return count(first)
        return iter(range(first, ticks.number_at(self.end_ms - 1) + 1))

    def rows(self, batch: RecordBatch) -> tuple[int, int]:
        """The first row of a batch that is due within the period, and the one after the last."""
        first = int(np.searchsorted(batch.due_ms, self.start_ms, side="left"))
        if self.end_ms is None:
            return first, len(batch)
        return first, int(np.searchsorted(batch.due_ms, self.end_ms, side="left"))


def period_of(start_ms: int, duration_seconds: float | None) -> Period:
    """The period that begins at `start_ms` and lasts so long, or does not end."""
    return Period(start_ms, None if duration_seconds is None else start_ms + round(duration_seconds * MS_PER_SECOND))
