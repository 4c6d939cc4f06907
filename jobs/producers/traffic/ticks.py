"""Event time in equal parts: each is a pure function of its number."""

from dataclasses import dataclass

MS_PER_SECOND = 1000
TICK_MS = 250


@dataclass(frozen=True)
class Ticks:
    """Tick n begins n times `length_ms` after `origin_ms` (since 1970)."""

    origin_ms: int
    length_ms: int = TICK_MS

    def begin_ms(self, tick: int) -> int:
        """When a tick begins, and the one before it ends."""
        return self.origin_ms + tick * self.length_ms

    def number_at(self, epoch_ms: int) -> int:
        """The tick of a moment."""
        return (epoch_ms - self.origin_ms) // self.length_ms
