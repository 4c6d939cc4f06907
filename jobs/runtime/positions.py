"""Where reading stands in each partition, and batches cut from what a poll brought. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from contracts.sink_progress import OffsetRange
from jobs.runtime.records import KafkaRecord, PartitionRun, RawBatch

TopicPartitionKey = tuple[str, int]


class ConsumedRecord(KafkaRecord, Protocol):
    """A record that says where it comes from."""

    def topic(self) -> str:
        """Topic."""
        ...

    def partition(self) -> int:
        """Partition."""
        ...


class Positions:
    """Next offset of each assigned partition.

    A run of records covers everything since the one before, also offsets without a record (transaction markers, log
    compaction): within one assignment the broker hands out a log in order, and with `auto.offset.reset=error` it
    reports a part of the log that is gone, instead of skipping it.
    """

    def __init__(self) -> None:
        self._next: dict[TopicPartitionKey, int] = {}

    def __contains__(self, key: TopicPartitionKey) -> bool:
        return key in self._next

    def set(self, topic: str, partition: int, offset: int) -> None:
        """Go on reading the partition at `offset`."""
        self._next[topic, partition] = offset

    def drop(self, topic: str, partition: int) -> None:
        """Forget a partition that is no longer ours."""
        self._next.pop((topic, partition), None)

    def partitions(self, topic: str) -> list[int]:
        """Assigned partitions of a topic."""
        return [partition for name, partition in self._next if name == topic]

    def cut(self, messages: Iterable[ConsumedRecord]) -> dict[str, RawBatch]:
        """One batch per topic; records of partitions that are not ours, or before the position, are left out."""
        by_partition: defaultdict[TopicPartitionKey, list[ConsumedRecord]] = defaultdict(list)
        topic, partition, records = "", -1, list[ConsumedRecord]()
        for message in messages:
            # Records come in long runs of one partition; a comparison is cheaper than a look-up for each.
            if message.partition() != partition or message.topic() != topic:
                topic, partition = message.topic(), message.partition()
                records = by_partition[topic, partition]
            records.append(message)
        runs: defaultdict[str, list[PartitionRun]] = defaultdict(list)
        for (topic, partition), records in by_partition.items():
            run = self._run(topic, partition, records)
            if run is not None:
                runs[topic].append(run)
        return {topic: RawBatch(tuple(parts), _byte_count(parts)) for topic, parts in runs.items()}

    def _run(self, topic: str, partition: int, records: list[ConsumedRecord]) -> PartitionRun | None:
        start = self._next.get((topic, partition))
        if start is None:
            return None
        if records[0].offset() < start:  # fetched before a seek took effect
            records = [record for record in records if record.offset() >= start]
        if not records:
            return None
        end = records[-1].offset() + 1
        self._next[topic, partition] = end
        return PartitionRun(partition, OffsetRange(start, end), records)


def _byte_count(runs: Iterable[PartitionRun]) -> int:
    return sum(sum(map(len, run.records)) for run in runs)
