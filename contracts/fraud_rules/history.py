"""What the window rules of the reference implementation share: all that ever happened, with nothing thrown away.

The Flink job keeps only what can still matter. Both find the same alerts, which shows that nothing else mattered.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from contracts.events import SubscriberActivity

# A rule that judges runs of n events looks back at the newest 4n of the key, which bounds the state of a busy key
# (a call centre, a PBX) and leaves room for 3n events that overtook a late one.
LOOK_BACK_RUNS = 4

ActivityT = TypeVar("ActivityT", bound=SubscriberActivity)


def in_event_order(event: SubscriberActivity) -> tuple[int, str]:
    """Sort key: event time, ties by event id."""
    return event.event_time_ms, event.event_id


@dataclass
class History(Generic[ActivityT]):
    """Events of one key in event order, and the time until which the rule is silent for that key."""

    events: list[ActivityT] = field(default_factory=list)
    silent_until_ms: int = 0

    def add(self, event: ActivityT, allowed_lateness_seconds: int) -> bool:
        """Add the event; False if it is a duplicate (same event id) or too late to count."""
        if any(known.event_id == event.event_id for known in self.events):
            return False
        if self.events and event.event_time_ms < self.events[-1].event_time_ms - allowed_lateness_seconds * 1000:
            return False
        insort(self.events, event, key=in_event_order)
        return True

    def windows_around(self, event: ActivityT, size: int, window_seconds: int) -> Iterator[list[ActivityT]]:
        """Every run of `size` consecutive events that holds `event`, oldest run first, if it can raise an alert.

        A run spans at most `window_seconds` (exactly that long counts) and ends after the silence of the last alert.
        """
        position = self.events.index(event)
        oldest_start = max(0, len(self.events) - LOOK_BACK_RUNS * size, position - size + 1)
        for start in range(oldest_start, position + 1):
            run = self.events[start : start + size]
            if len(run) == size and _span_ms(run) <= window_seconds * 1000 and self._can_alert(run):
                yield run

    def silence(self, alert_time_ms: int, cooldown_seconds: int) -> None:
        """Start the silence after an alert; a silence never becomes shorter."""
        self.silent_until_ms = max(self.silent_until_ms, alert_time_ms + cooldown_seconds * 1000)

    def _can_alert(self, run: list[ActivityT]) -> bool:
        return run[-1].event_time_ms >= self.silent_until_ms


def _span_ms(run: list[ActivityT]) -> int:
    return run[-1].event_time_ms - run[0].event_time_ms


def denseness(run: list[ActivityT], window_seconds: int) -> float:
    """Return 1 for a run as long as the window, up to 2 for one that happened in a single moment."""
    return 2 - _span_ms(run) / (window_seconds * 1000)
