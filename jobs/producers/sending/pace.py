"""How the time of the events passes against the clock on the wall."""

import math
from dataclasses import dataclass
from typing import Protocol

from jobs.producers.traffic.ticks import MS_PER_SECOND


class Pace(Protocol):
    """Says when records are due; `wall_seconds` is the time on the wall, in seconds since 1970."""

    def due_until_ms(self, wall_seconds: float) -> float:
        """Records that are due at this event time or before may go out."""

    def seconds_until(self, event_ms: int, wall_seconds: float) -> float:
        """How long it takes until this event time has come; negative if it has."""


@dataclass(frozen=True)
class SteadyPace:
    """`speed` event seconds in a second, from `event_start_ms` on, which comes at `wall_start_seconds`."""

    event_start_ms: int
    wall_start_seconds: float
    speed: float = 1.0

    def due_until_ms(self, wall_seconds: float) -> float:
        """Event time that has passed."""
        return self.event_start_ms + (wall_seconds - self.wall_start_seconds) * self.speed * MS_PER_SECOND

    def seconds_until(self, event_ms: int, wall_seconds: float) -> float:
        """Difference between the two clocks, on the wall."""
        since_start = (event_ms - self.event_start_ms) / MS_PER_SECOND / self.speed
        return self.wall_start_seconds + since_start - wall_seconds


class NoWaiting:
    """Everything is due: the broker alone sets the pace."""

    def due_until_ms(self, wall_seconds: float) -> float:
        """The end of all time."""
        return math.inf

    def seconds_until(self, event_ms: int, wall_seconds: float) -> float:
        """No time at all."""
        return 0.0


def real_time(start_ms: int) -> SteadyPace:
    """The time of the events is that on the wall."""
    return SteadyPace(start_ms, start_ms / MS_PER_SECOND)
