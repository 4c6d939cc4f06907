"""Bronze batches collected for the next commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from contracts.sink_progress import OffsetRange
from contracts.tables import KAFKA_OFFSET_COLUMN, KAFKA_PARTITION_COLUMN
from jobs.kafka_to_bronze.reading.offset_notes import OffsetNotes, joined
from jobs.kafka_to_bronze.reading.ranges import join
from jobs.kafka_to_bronze.reading.rows import BronzeBatch
from jobs.runtime.dead_letters import DeadLetter


@dataclass(frozen=True)
class PendingCommit:
    """Everything of one commit: `covered` says which offsets `rows` and `dead_letters` account for."""

    rows: pa.Table
    dead_letters: tuple[DeadLetter, ...]
    covered: Mapping[int, OffsetRange]
    byte_count: int
    notes: OffsetNotes = field(default_factory=OffsetNotes)

    def restricted_to(self, keep: Mapping[int, OffsetRange]) -> "PendingCommit":
        """The same without what lies outside `keep`, which must lie inside `covered`."""
        inside = _mask(self.rows, keep)
        letters = tuple(
            letter
            for letter in self.dead_letters
            if (kept := keep.get(letter.partition)) is not None and kept.start <= letter.offset < kept.end
        )
        notes = self.notes.restricted_to(keep)
        return replace(self, rows=self.rows.filter(inside), dead_letters=letters, covered=dict(keep), notes=notes)


def _mask(rows: pa.Table, keep: Mapping[int, OffsetRange]) -> pa.ChunkedArray:
    partition, offset = rows.column(KAFKA_PARTITION_COLUMN), rows.column(KAFKA_OFFSET_COLUMN)
    mask = pc.less(offset, 0)
    for number, kept in keep.items():
        in_range = pc.and_(pc.greater_equal(offset, kept.start), pc.less(offset, kept.end))
        mask = pc.or_(mask, pc.and_(pc.equal(partition, number), in_range))
    return mask


class CommitBuffer:
    """Collects batches of one topic until they are due by size or by age."""

    def __init__(self, commit_bytes: int, commit_interval_seconds: float) -> None:
        self._commit_bytes = commit_bytes
        self._commit_interval_seconds = commit_interval_seconds
        self._batches: list[BronzeBatch] = []
        self._covered: dict[int, OffsetRange] = {}
        self._byte_count = 0
        self._oldest_at = 0.0

    @property
    def byte_count(self) -> int:
        """Bytes of record values in it."""
        return self._byte_count

    def is_empty(self) -> bool:
        """True when there is nothing to commit."""
        return not self._covered

    def add(self, batch: BronzeBatch, now: float) -> None:
        """Add a batch; its ranges must follow those already held. `now` is a monotonic clock in seconds."""
        for partition, covered in batch.covered.items():
            held = self._covered.get(partition)
            self._covered[partition] = covered if held is None else join(held, covered)
        if not self._batches:
            self._oldest_at = now
        self._batches.append(batch)
        self._byte_count += batch.byte_count

    def seconds_until_due(self, now: float) -> float | None:
        """0 when it is due, None while it is empty."""
        if self.is_empty():
            return None
        if self._byte_count >= self._commit_bytes:
            return 0.0
        return max(0.0, self._oldest_at + self._commit_interval_seconds - now)

    def forget(self, partitions: Iterable[int]) -> None:
        """Drop what is held of `partitions`: somebody else reads them now, or they will be read again."""
        gone = set(partitions) & self._covered.keys()
        if not gone:
            return
        pending = self.take()
        kept = {partition: covered for partition, covered in pending.covered.items() if partition not in gone}
        if kept:
            rest = pending.restricted_to(kept)
            batch = BronzeBatch(rest.rows, rest.dead_letters, rest.covered, rest.byte_count, rest.notes)
            self.add(batch, self._oldest_at)

    def take(self) -> PendingCommit:
        """Everything held, as one commit; the buffer is empty afterwards. Must not be empty."""
        pending = PendingCommit(
            rows=pa.concat_tables([batch.rows for batch in self._batches]),
            dead_letters=tuple(letter for batch in self._batches for letter in batch.dead_letters),
            covered=self._covered,
            byte_count=self._byte_count,
            notes=joined(batch.notes for batch in self._batches),
        )
        self._batches, self._covered, self._byte_count = [], {}, 0
        return pending
