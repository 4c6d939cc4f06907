"""One thread per topic parses and collects, a second one commits: neither a commit nor another topic stops the first.

The poll loop offers raw batches and orders; the writer answers on a queue what may be acknowledged and where reading
must go back. Orders travel in the same queue as batches, so each takes effect exactly between the two batches where it
was given. An order about partitions waits for the commit under way, so only batches are handled beside a commit.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, Queue, SimpleQueue
from threading import Event, Lock, Thread

import structlog

from jobs.kafka_to_bronze.committing.background_commit import BackgroundCommit
from jobs.kafka_to_bronze.committing.commit import CommitOutcome, Committer
from jobs.kafka_to_bronze.metrics import SinkMetrics
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer
from jobs.kafka_to_bronze.reading.rows import BatchReader
from jobs.runtime.records import RawBatch

log = structlog.get_logger()


@dataclass(frozen=True)
class Acknowledge:
    """The table holds everything of these partitions before these offsets."""

    topic: str
    ends: dict[int, int]


@dataclass(frozen=True)
class SeekTo:
    """A partition must be read from the table's end; what comes before the next `Restart` is thrown away."""

    topic: str
    partition: int
    offset: int


Answer = Acknowledge | SeekTo


@dataclass(frozen=True)
class Restart:
    """From here on the partition is read from a new place; what was collected of it no longer counts."""

    partition: int


@dataclass(frozen=True)
class Release:
    """Commit what is held, then forget the partitions; sets `done`."""

    partitions: frozenset[int]
    done: Event = field(default_factory=Event)


@dataclass(frozen=True)
class Finish:
    """Commit what is held and end."""


@dataclass(frozen=True)
class CommitDone:
    """The commit under way has ended."""


Order = RawBatch | Restart | Release | Finish | CommitDone


class TopicWriter(Thread):
    """Owns the table of one topic. `failure` holds what ended it before `finish`."""

    def __init__(
        self,
        topic: str,
        reader: BatchReader,
        committer: Committer,
        buffer: CommitBuffer,
        metrics: SinkMetrics,
        answers: "SimpleQueue[Answer]",
    ) -> None:
        super().__init__(name=f"writer-{topic}", daemon=True)
        self.topic = topic
        self.failure: Exception | None = None
        self._reader = reader
        self._inbox: Queue[Order] = Queue()
        self._commits = BackgroundCommit(committer, lambda: self._inbox.put(CommitDone()), f"commit-{topic}")
        self._buffer = buffer
        self._metrics = metrics
        self._answers = answers
        self._held_back: set[int] = set()
        self._backlog_bytes = 0
        self._backlog_lock = Lock()

    @property
    def backlog_bytes(self) -> int:
        """Bytes offered and not parsed yet."""
        return self._backlog_bytes

    def offer(self, batch: RawBatch) -> None:
        """Queue a batch."""
        self._count_backlog(batch.byte_count)
        self._inbox.put(batch)

    def restart(self, partition: int) -> None:
        """Announce that the next batch of the partition begins somewhere else."""
        self._inbox.put(Restart(partition))

    def release(self, partitions: Iterable[int]) -> Event:
        """Hand partitions over: the event is set once what was held of them is committed or given up."""
        order = Release(frozenset(partitions))
        self._inbox.put(order)
        return order.done

    def finish(self) -> None:
        """Ask to commit the rest and end; then `join`."""
        self._inbox.put(Finish())

    def run(self) -> None:
        """Work until `finish`, or until an error that no retry can cure."""
        try:
            while self._work():
                pass
        except Exception as error:
            log.exception("writer failed", topic=self.topic)
            self.failure = error
        finally:
            self._commits.close()

    def _work(self) -> bool:
        order = self._next_order()
        if isinstance(order, RawBatch):
            self._collect(order)
        elif isinstance(order, CommitDone):
            if self._commits.is_done:
                self._settle()
        elif order is not None:
            self._obey(order)
        if self._buffer.seconds_until_due(time.monotonic()) == 0.0:
            self._start_commit()
        self._metrics.buffered_bytes.labels(self.topic).set(self._buffer.byte_count + self._backlog_bytes)
        return not isinstance(order, Finish)

    def _obey(self, order: Restart | Release | Finish) -> None:
        """Carry out what must not happen beside a commit."""
        if isinstance(order, Restart):
            self._settle()
            self._held_back.discard(order.partition)
            self._buffer.forget([order.partition])
            return
        self._start_commit()
        self._settle()
        if isinstance(order, Release):
            self._held_back -= order.partitions
            order.done.set()

    def _next_order(self) -> Order | None:
        try:
            return self._inbox.get(timeout=self._buffer.seconds_until_due(time.monotonic()))
        except Empty:
            return None

    def _collect(self, batch: RawBatch) -> None:
        self._count_backlog(-batch.byte_count)
        runs = tuple(run for run in batch.runs if run.partition not in self._held_back)
        if runs:
            read = self._reader.read(RawBatch(runs, batch.byte_count), datetime.now(UTC))
            self._buffer.add(read, time.monotonic())

    def _start_commit(self) -> None:
        """Hand what is held to the committing thread, after the commit before it."""
        self._settle()
        if not self._buffer.is_empty():
            self._commits.start(self._buffer.take())

    def _settle(self) -> None:
        """Wait for the commit under way, if any, and act on its result."""
        finished = self._commits.wait()
        if finished is None:
            return
        self._metrics.observe_commit(self.topic, finished.outcome, finished.seconds)
        self._set_back(finished.outcome)
        self._answers.put(Acknowledge(self.topic, finished.outcome.ends))

    def _set_back(self, outcome: CommitOutcome) -> None:
        strays = {fenced.partition for fenced in outcome.fenced} | {gap.partition for gap in outcome.gaps}
        # What was collected meanwhile follows offsets that the table did not take.
        self._buffer.forget(strays)
        for partition in sorted(strays):
            self._held_back.add(partition)
            self._answers.put(SeekTo(self.topic, partition, outcome.ends[partition]))

    def _count_backlog(self, byte_count: int) -> None:
        with self._backlog_lock:
            self._backlog_bytes += byte_count
