"""When events happen: a stream of arrivals at a set rate, cut into ticks of event time.

All randomness is drawn per tick, so a run is the same at any speed and in any slices.
"""

from dataclasses import dataclass

import numpy as np

from jobs.producers.model.load_curve import load_seconds_until
from jobs.runtime.radio_network.towers import Indices

TICK_MS = 250
MS_PER_SECOND = 1000


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
    """Arrivals from `start_ms` on: `per_second` at all times, or on a day's average when `follows_load`."""

    per_second: float
    start_ms: int
    follows_load: bool = False

    def in_tick(self, tick: int) -> Arrivals:
        """Arrivals of one tick, evenly spread over it."""
        before, after = self._count_until(tick), self._count_until(tick + 1)
        first = int(np.ceil(before))
        numbers = np.arange(first, int(np.ceil(after)))
        share_of_tick = (numbers - before) / (after - before) if after > before else np.zeros(0)
        return Arrivals(first, self.start_ms + tick * TICK_MS + (share_of_tick * TICK_MS).astype(np.int64))

    def _count_until(self, tick: int) -> float:
        seconds = tick * TICK_MS / MS_PER_SECOND
        if not self.follows_load:
            return self.per_second * seconds
        start = self.start_ms / MS_PER_SECOND
        return self.per_second * (load_seconds_until(start + seconds) - load_seconds_until(start))
