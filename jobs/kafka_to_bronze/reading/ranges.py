"""Offset arithmetic between what the sink holds and what the table already has. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.sink_progress import KafkaIdentity, OffsetRange, Progress


@dataclass(frozen=True)
class Fenced:
    """Another writer advanced a partition that this sink was writing: the table now ends at `table_end`."""

    partition: int
    table_end: int
    writer: str


@dataclass(frozen=True)
class Gap:
    """The table ends before what the sink holds: it was rolled back, or something else wrote to it."""

    partition: int
    table_end: int
    start: int


@dataclass(frozen=True)
class AppendPlan:
    """Which of the held ranges may be appended, and the partitions whose reader must seek to the table's end."""

    keep: dict[int, OffsetRange]
    fenced: tuple[Fenced, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_clean(self) -> bool:
        """True when every held range joins the table as it is."""
        return not self.fenced and not self.gaps


def plan_append(progress: Progress, held: Mapping[int, OffsetRange]) -> AppendPlan:
    """Compare each held range with the table: drop what the table has, and refuse what would leave a hole."""
    keep: dict[int, OffsetRange] = {}
    fenced: list[Fenced] = []
    gaps: list[Gap] = []
    for partition, offsets in held.items():
        done = progress.get(partition)
        if done is None or done.end == offsets.start:
            keep[partition] = offsets
        elif done.end < offsets.start:
            gaps.append(Gap(partition, done.end, offsets.start))
        else:
            fenced.append(Fenced(partition, done.end, done.writer))
            if done.end < offsets.end:
                keep[partition] = OffsetRange(done.end, offsets.end)
    return AppendPlan(keep, tuple(fenced), tuple(gaps))


def join(earlier: OffsetRange, later: OffsetRange) -> OffsetRange:
    """One range out of two that meet. Raises ValueError if they do not."""
    if earlier.end != later.start:
        raise ValueError(f"[{later.start}, {later.end}) does not follow [{earlier.start}, {earlier.end})")
    return OffsetRange(earlier.start, later.end)


class RetentionLossError(Exception):
    """Kafka deleted records that the table does not have yet."""


class RebuiltKafkaError(Exception):
    """The topic is not the one that filled the table: its cluster or topic was rebuilt, or its log was cut."""


def require_same_topic(recorded: KafkaIdentity | None, found: KafkaIdentity) -> None:
    """Raise `RebuiltKafkaError` unless this very topic filled the table, or no topic has yet."""
    if recorded is not None and recorded != found:
        raise RebuiltKafkaError(
            f"the table was filled from topic {recorded.topic} with id {recorded.topic_id} on cluster "
            f"{recorded.cluster_id}, but this is id {found.topic_id} on cluster {found.cluster_id}: Kafka or the topic "
            f"was rebuilt. If it is to start over: "
            f"telecom accept-loss --topic {found.topic}"
        )


def start_offset(topic: str, partition: int, progress: Progress, log: OffsetRange) -> int:
    """Offset to read from: the table's end, or the log's start for a partition that the table does not know.

    `log` is what the broker holds. Raises `RetentionLossError` and `RebuiltKafkaError`, both fatal: going on would
    leave a hole that nothing reports, or give the same position to two records.
    """
    done = progress.get(partition)
    if done is None:
        return log.start
    if log.start > done.end:
        raise RetentionLossError(
            f"{topic}/{partition}: the table ends at offset {done.end}, but the broker's log starts at {log.start}: "
            f"{log.start - done.end} records were deleted by retention before the sink read them. "
            f"To accept the loss and go on: telecom accept-loss --topic {topic}"
        )
    if log.end < done.end:
        raise RebuiltKafkaError(
            f"{topic}/{partition}: the table ends at offset {done.end}, but the broker's log ends at {log.end}: "
            f"the topic was recreated or its log was cut. If it is to start over: "
            f"telecom accept-loss --topic {topic}"
        )
    return done.end
