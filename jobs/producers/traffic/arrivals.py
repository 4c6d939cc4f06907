"""When events happen: a stream of arrivals at a set rate, cut into ticks of event time.

All randomness is drawn per tick, so a run is the same at any speed and in any slices.
"""

from dataclasses import dataclass

import numpy as np

from jobs.producers.model.load_curve import epoch_seconds_at, load_seconds_until
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks
from jobs.runtime.radio_network.geometry import Floats
from jobs.runtime.radio_network.towers import Indices


@dataclass(frozen=True)
class Arrivals:
    """Arrivals `first`, `first + 1`, ... of a stream and when they are due, in milliseconds since 1970."""

    first: int
    due_ms: Indices

    @property
    def numbers(self) -> Indices:
        """Running numbers of the arrivals, unique in their stream."""
        return self.first + np.arange(len(self.due_ms))


@dataclass(frozen=True)
class ArrivalStream:
    """Arrivals from the first tick on: `per_second` at all times, or on a day's average when `follows_load`."""

    per_second: float
    ticks: Ticks
    follows_load: bool = False

    def in_tick(self, tick: int) -> Arrivals:
        """Arrivals of one tick, spread over it as the load is."""
        begins_ms, ends_ms = self.ticks.begin_ms(tick), self.ticks.begin_ms(tick + 1)
        first, end = (int(np.ceil(self._count_until(edge_ms))) for edge_ms in (begins_ms, ends_ms))
        due_ms = self._due_ms(np.arange(first, end)).astype(np.int64)
        return Arrivals(first, np.clip(due_ms, begins_ms, ends_ms - 1))

    def _count_until(self, epoch_ms: int) -> float:
        return self.per_second * (self._mean_seconds_until(epoch_ms) - self._mean_seconds_until(self.ticks.origin_ms))

    def _mean_seconds_until(self, epoch_ms: int) -> float:
        """Seconds at the mean rate that bring as many arrivals."""
        seconds = epoch_ms / MS_PER_SECOND
        return load_seconds_until(seconds) if self.follows_load else seconds

    def _due_ms(self, numbers: Indices) -> Floats:
        mean_seconds = self._mean_seconds_until(self.ticks.origin_ms) + numbers / self.per_second
        seconds = epoch_seconds_at(mean_seconds) if self.follows_load else mean_seconds
        due_ms: Floats = seconds * MS_PER_SECOND
        return due_ms
