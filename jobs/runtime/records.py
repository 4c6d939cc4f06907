"""Records as they come from Kafka, before anything is known about their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.sink_progress import OffsetRange


class KafkaRecord(Protocol):
    """The part of `confluent_kafka.Message` that the sink reads."""

    def offset(self) -> int:
        """Offset in the partition."""
        ...

    def value(self) -> bytes | None:
        """Value, None for a tombstone."""
        ...

    def key(self) -> bytes | None:
        """Key."""
        ...

    def __len__(self) -> int:
        """Bytes of the value."""
        ...

    def headers(self) -> list[tuple[str, bytes]] | None:
        """Headers."""
        ...


@dataclass(frozen=True)
class PartitionRun:
    """Consecutive records of one partition; `covered` also spans the offsets between them that hold no record."""

    partition: int
    covered: OffsetRange
    records: Sequence[KafkaRecord]


@dataclass(frozen=True)
class RawBatch:
    """What one poll brought for one topic."""

    runs: tuple[PartitionRun, ...]
    byte_count: int
