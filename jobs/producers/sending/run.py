"""The loop of all producers: generate a tick, send each record when it is due, keep the ledger."""

import time
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

import numpy as np

from jobs.producers.sending.account import Account
from jobs.producers.sending.pace import Pace
from jobs.producers.sending.period import Period
from jobs.producers.sending.sender import Sender
from jobs.producers.traffic.records import RecordBatch
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks

LEDGER_INTERVAL_SECONDS = 2.0
# Records go out in slices of this length: small against the second within which an alert is wanted.
SLICE_SECONDS = 0.02


class Traffic(Protocol):
    """A model of traffic, cut into ticks."""

    @property
    def ticks(self) -> Ticks:
        """When its ticks begin."""

    def tick(self, tick: int) -> list[RecordBatch]:
        """Records that are due in a tick, a batch per topic."""


class Stop(Protocol):
    """Tells when to stop, and sleeps no longer than until then."""

    def is_set(self) -> bool:
        """True once a stop was asked for."""

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; returns `is_set()`."""


@dataclass(frozen=True)
class Course:
    """What a run sends and when: the part of some traffic that lies in a period, at a pace."""

    traffic: Traffic
    period: Period
    pace: Pace


@dataclass
class _Progress:
    """A batch of which the rows before `next_row` are sent, and those from `end_row` on are not to be sent."""

    batch: RecordBatch
    next_row: int
    end_row: int

    @property
    def is_done(self) -> bool:
        return self.next_row >= self.end_row

    @property
    def next_due_ms(self) -> int:
        return int(self.batch.due_ms[self.next_row])


class Run:
    """One run of a producer, to the end of its course or until it is stopped."""

    def __init__(self, course: Course, sender: Sender, account: Account, stop: Stop) -> None:
        self._traffic, self._period, self._pace = course.traffic, course.period, course.pace
        self._sender, self._account = sender, account
        self._stop = stop
        self._ledger_due = time.time() + LEDGER_INTERVAL_SECONDS

    def to_the_end(self) -> None:
        """Send until the end or the stop, then flush and write the ledger. Raises `DeliveryFailedError`."""
        ticks = self._period.ticks(self._traffic.ticks)
        for tick in takewhile(self._wait_for_tick, ticks):
            batches = self._traffic.tick(tick)
            self._send_when_due([_Progress(batch, *self._period.rows(batch)) for batch in batches])
        self._settle(is_final=True)

    def _wait_for_tick(self, tick: int) -> bool:
        """Sleep until the tick begins; False when the run is to stop."""
        begins_ms = self._traffic.ticks.begin_ms(tick)
        return not self._stop.wait(max(self._pace.seconds_until(begins_ms, time.time()), 0.0))

    def _send_when_due(self, batches: list[_Progress]) -> None:
        while waiting := [each for each in batches if not each.is_done]:
            now = time.time()
            for each in waiting:
                self._send_slice(each, now)
            self._sender.poll()
            self._settle_at_intervals()
            if self._stop.wait(self._seconds_until_due(waiting)):
                return

    def _send_slice(self, progress: _Progress, now: float) -> None:
        batch, start = progress.batch, progress.next_row
        due = int(np.searchsorted(batch.due_ms, self._pace.due_until_ms(now), side="right"))
        end = min(due, progress.end_row)
        if end <= start:
            return
        self._sender.metrics.behind_seconds.set(-self._pace.seconds_until(progress.next_due_ms, now))
        self._sender.send(batch, start, end)
        self._account.add(batch, start, end, int(now * MS_PER_SECOND))
        progress.next_row = end

    def _seconds_until_due(self, batches: list[_Progress]) -> float:
        next_ms = [each.next_due_ms for each in batches if not each.is_done]
        if not next_ms:
            return 0.0
        return max(self._pace.seconds_until(min(next_ms), time.time()), SLICE_SECONDS)

    def _settle_at_intervals(self) -> None:
        if time.time() >= self._ledger_due:
            self._settle()

    def _settle(self, is_final: bool = False) -> None:
        """Write the account to the ledger after a flush: only then does it equal what was acknowledged."""
        self._sender.flush()
        self._sender.write_ledger(self._account.entries(is_final))
        self._ledger_due = time.time() + LEDGER_INTERVAL_SECONDS
