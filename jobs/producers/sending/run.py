"""The loop of both producers: generate a tick, send each record when it is due, keep the ledger."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from typing import Protocol

import numpy as np

from jobs.producers.sending.account import Account
from jobs.producers.sending.sender import Sender
from jobs.producers.traffic.arrivals import MS_PER_SECOND, TICK_MS
from jobs.producers.traffic.records import RecordBatch

LEDGER_INTERVAL_SECONDS = 2.0
# Records go out in slices of this length: small against the second within which an alert is wanted.
SLICE_SECONDS = 0.02


class Traffic(Protocol):
    """A model of traffic, cut into ticks."""

    def tick(self, tick: int) -> list[RecordBatch]:
        """Records that are due in a tick, a batch per topic."""


class Stop(Protocol):
    """Tells when to stop, and sleeps no longer than until then."""

    def is_set(self) -> bool:
        """True once a stop was asked for."""

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; returns `is_set()`."""


@dataclass(frozen=True)
class Period:
    """When a run sends: from `start_ms` (since 1970) for `duration_seconds`, or without an end."""

    start_ms: int
    duration_seconds: float | None

    def ticks(self) -> Iterator[int]:
        """Numbers of its ticks."""
        if self.duration_seconds is None:
            return count()
        return iter(range(round(self.duration_seconds * MS_PER_SECOND / TICK_MS)))

    def begin_of(self, tick: int) -> float:
        """When a tick begins, in seconds since 1970."""
        return (self.start_ms + tick * TICK_MS) / MS_PER_SECOND


class Run:
    """One run of a producer, to the end of its period or until it is stopped."""

    def __init__(self, traffic: Traffic, period: Period, sender: Sender, account: Account, stop: Stop) -> None:
        self._traffic, self._period = traffic, period
        self._sender, self._account = sender, account
        self._stop = stop
        self._ledger_due = time.time() + LEDGER_INTERVAL_SECONDS

    def to_the_end(self) -> None:
        """Send until the end or the stop, then flush and write the ledger. Raises `DeliveryFailedError`."""
        for tick in takewhile(self._wait_for_tick, self._period.ticks()):
            self._send_when_due(self._traffic.tick(tick))
        self._settle(is_final=True)

    def _wait_for_tick(self, tick: int) -> bool:
        """Sleep until the tick begins; False when the run is to stop."""
        return not self._stop.wait(max(self._period.begin_of(tick) - time.time(), 0.0))

    def _send_when_due(self, batches: list[RecordBatch]) -> None:
        sent = [0] * len(batches)
        while any(done < len(batch) for done, batch in zip(sent, batches, strict=True)):
            now_ms = time.time() * MS_PER_SECOND
            sent = [self._send_slice(batch, done, now_ms) for batch, done in zip(batches, sent, strict=True)]
            self._sender.poll()
            self._settle_at_intervals()
            if self._stop.wait(self._seconds_until_due(batches, sent)):
                return

    def _send_slice(self, batch: RecordBatch, start: int, now_ms: float) -> int:
        end = int(np.searchsorted(batch.due_ms, now_ms, side="right"))
        if end <= start:
            return start
        self._sender.metrics.behind_seconds.set((now_ms - int(batch.due_ms[start])) / MS_PER_SECOND)
        self._sender.send(batch, start, end)
        self._account.add(batch, start, end, int(now_ms))
        return end

    def _seconds_until_due(self, batches: list[RecordBatch], sent: list[int]) -> float:
        next_ms = [int(batch.due_ms[done]) for done, batch in zip(sent, batches, strict=True) if done < len(batch)]
        if not next_ms:
            return 0.0
        return max(min(next_ms) / MS_PER_SECOND - time.time(), SLICE_SECONDS)

    def _settle_at_intervals(self) -> None:
        if time.time() >= self._ledger_due:
            self._settle()

    def _settle(self, is_final: bool = False) -> None:
        """Write the account to the ledger after a flush: only then does it equal what was acknowledged."""
        self._sender.flush()
        self._sender.write_ledger(self._account.entries(is_final))
        self._ledger_due = time.time() + LEDGER_INTERVAL_SECONDS
