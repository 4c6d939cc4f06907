"""How far a bronze table has come: Kafka offsets kept in the table itself, in the same commit as the rows.

Two places, because each survives what the other does not:

* table property `telecom.kafka.offsets`: cumulative, `{"<partition>": {"first", "end", "commit", "writer"}}`; survives
  snapshot expiry and commits of other engines;
* snapshot summary `telecom.kafka.offsets`: the ranges of that one commit, `{"<partition>": [start, end]}`.

Beside its ranges, a commit's summary counts what is in them: rows (Iceberg's `added-records`), dead letters, and
offsets without a record. A person's decision to go on after a loss is a snapshot, too: it says where partitions go on.

An offset range is half-open, [start, end). It covers every offset in it, also those without a row: dead letters,
transaction markers and records that log compaction removed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

OFFSETS = "telecom.kafka.offsets"
CLUSTER_ID = "telecom.kafka.cluster-id"
TOPIC = "telecom.kafka.topic"
TOPIC_ID = "telecom.kafka.topic-id"
COMMIT_ID = "telecom.sink.commit-id"
WRITER = "telecom.sink.writer"
DEAD_LETTERS = "telecom.sink.dead-letters"
# Of the rows and dead letters of a commit, those that are dead letters sent once more.
REPLAYED = "telecom.sink.replayed"
WITHOUT_RECORD = "telecom.sink.offsets-without-record"
# In the snapshot of an accepted loss: progress before it, and the offset from which each partition goes on.
ACCEPTED_LOSS = "telecom.sink.accepted-loss"
ACCEPTED_ENDS = "telecom.sink.accepted-ends"
# Table property: the moments from which positions begin again, because a topic was rebuilt or its log was cut.
EPOCHS = "telecom.kafka.epochs"


class ProgressDecodeError(ValueError):
    """A table's offset property is not what this sink writes."""


class OffsetGapError(ValueError):
    """A range starts after the table's end, so what lies between would be lost."""


class OffsetOverlapError(ValueError):
    """A range starts before the table's end, so what lies between would be there twice."""


@dataclass(frozen=True)
class OffsetRange:
    """Offsets `start` (inclusive) to `end` (exclusive) of one partition."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"offset range [{self.start}, {self.end}) runs backwards or below 0")


@dataclass(frozen=True)
class PartitionProgress:
    """The table holds everything of the partition in [first, end); `writer` put it there last, in `commit_id`."""

    first: int
    end: int
    commit_id: str
    writer: str


Progress = Mapping[int, PartitionProgress]


@dataclass(frozen=True)
class KafkaIdentity:
    """What tells one Kafka topic from another of the same name: a rebuilt cluster or a recreated topic has new ids."""

    topic: str
    cluster_id: str
    topic_id: str

    def as_properties(self) -> dict[str, str]:
        """Table properties that remember it."""
        return {TOPIC: self.topic, CLUSTER_ID: self.cluster_id, TOPIC_ID: self.topic_id}


def identity_of(properties: Mapping[str, str]) -> KafkaIdentity | None:
    """Identity of the topic that filled the table; None if it was never recorded."""
    if not {TOPIC, CLUSTER_ID, TOPIC_ID} <= properties.keys():
        return None
    return KafkaIdentity(properties[TOPIC], properties[CLUSTER_ID], properties[TOPIC_ID])


def progress_of(properties: Mapping[str, str]) -> dict[int, PartitionProgress]:
    """Progress per partition from table properties; empty for a new table. Raises `ProgressDecodeError`."""
    try:
        entries = json.loads(properties.get(OFFSETS, "{}"))
        return {
            int(partition): PartitionProgress(entry["first"], entry["end"], entry["commit"], entry["writer"])
            for partition, entry in entries.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProgressDecodeError(
            f"table property {OFFSETS} is not progress of this sink: {properties[OFFSETS][:200]!r} ({error!r}). "
            "Restore the property from the newest snapshot's summary before starting the sink again."
        ) from error


def encode_progress(progress: Progress) -> str:
    """Value of the table property."""
    return json.dumps(
        {
            str(partition): {"first": done.first, "end": done.end, "commit": done.commit_id, "writer": done.writer}
            for partition, done in sorted(progress.items())
        },
        separators=(",", ":"),
    )


def encode_ranges(ranges: Mapping[int, OffsetRange]) -> str:
    """Value of the snapshot summary."""
    return json.dumps({str(p): [r.start, r.end] for p, r in sorted(ranges.items())}, separators=(",", ":"))


def ranges_of(summary: Mapping[str, str]) -> dict[int, OffsetRange]:
    """Ranges that one snapshot added; empty for a snapshot of another writer (compaction, expiry)."""
    return {int(p): OffsetRange(*bounds) for p, bounds in json.loads(summary.get(OFFSETS, "{}")).items()}


def encode_ends(ends: Mapping[int, int]) -> str:
    """Offsets per partition, in the snapshot of an accepted loss."""
    return json.dumps({str(partition): end for partition, end in sorted(ends.items())}, separators=(",", ":"))


def accepted_ends_of(summary: Mapping[str, str]) -> dict[int, int]:
    """Offsets from which partitions go on after an accepted loss; one that is not in it starts over."""
    return {int(partition): int(end) for partition, end in json.loads(summary.get(ACCEPTED_ENDS, "{}")).items()}


def epochs_of(properties: Mapping[str, str]) -> tuple[datetime, ...]:
    """Moments from which positions of a table begin again, oldest first: rows before and after may have equal ones."""
    return tuple(datetime.fromisoformat(moment) for moment in json.loads(properties.get(EPOCHS, "[]")))


def encode_epochs(moments: Iterable[datetime]) -> str:
    """Value of the table property."""
    return json.dumps([moment.isoformat() for moment in sorted(moments)])


def advance(
    progress: Progress, ranges: Mapping[int, OffsetRange], commit_id: str, writer: str
) -> dict[int, PartitionProgress]:
    """Progress after a commit of `ranges`. Raises `OffsetGapError` or `OffsetOverlapError` unless each joins on."""
    advanced = dict(progress)
    for partition, added in ranges.items():
        done = progress.get(partition)
        if done is not None and added.start != done.end:
            kind = OffsetGapError if added.start > done.end else OffsetOverlapError
            raise kind(
                f"partition {partition}: the table ends at {done.end} (writer {done.writer}), "
                f"the commit covers [{added.start}, {added.end}). Read the table again and seek to its end."
            )
        first = added.start if done is None else done.first
        advanced[partition] = PartitionProgress(first, added.end, commit_id, writer)
    return advanced
