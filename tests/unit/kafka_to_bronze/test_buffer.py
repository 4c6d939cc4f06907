"""What is held for the next commit: when it is due, and that rows, dead letters and ranges stay together."""

from datetime import UTC, datetime

import pytest
from kafka_records import Record, call, encoded

from contracts.sink_progress import OffsetRange
from contracts.tables import BRONZE_TABLE_BY_TOPIC, KAFKA_OFFSET_COLUMN, KAFKA_PARTITION_COLUMN
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer, PendingCommit
from jobs.kafka_to_bronze.reading.rows import BatchReader, BronzeBatch
from jobs.runtime.positions import Positions
from jobs.runtime.records import PartitionRun, RawBatch

READER = BatchReader(BRONZE_TABLE_BY_TOPIC["call_events"])
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run(partition: int, start: int, end: int, bad: tuple[int, ...] = ()) -> PartitionRun:
    values = [
        b"{" if offset in bad else encoded(call(event_id=f"{partition}-{offset}")) for offset in range(start, end)
    ]
    records = [Record(offset, value) for offset, value in enumerate(values, start)]
    return PartitionRun(partition, OffsetRange(start, end), records)


def batch(*runs: PartitionRun, byte_count: int = 100) -> BronzeBatch:
    return READER.read(RawBatch(runs, byte_count), NOW)


def positions(pending: PendingCommit) -> list[tuple[int, int]]:
    partitions = pending.rows.column(KAFKA_PARTITION_COLUMN).to_pylist()
    return list(zip(partitions, pending.rows.column(KAFKA_OFFSET_COLUMN).to_pylist(), strict=True))


def test_every_row_carries_the_position_of_its_record() -> None:
    read = batch(run(2, 5, 8, bad=(6,)), run(0, 0, 2))

    rows = read.rows.to_pylist()
    assert [(row["_kafka_partition"], row["_kafka_offset"]) for row in rows] == [(2, 5), (2, 7), (0, 0), (0, 1)]
    assert [row["event_id"] for row in rows] == ["2-5", "2-7", "0-0", "0-1"]
    assert [(letter.partition, letter.offset, letter.value) for letter in read.dead_letters] == [(2, 6, b"{")]
    assert rows[0]["event_time"].isoformat() == "2025-11-23T12:13:20+00:00"


def test_it_is_due_by_bytes_or_by_the_age_of_its_oldest_batch() -> None:
    buffer = CommitBuffer(commit_bytes=250, commit_interval_seconds=10)

    assert buffer.seconds_until_due(now=0) is None
    buffer.add(batch(run(0, 0, 1)), now=100)
    buffer.add(batch(run(0, 1, 2)), now=107)
    assert buffer.seconds_until_due(now=108) == 2
    assert buffer.seconds_until_due(now=110) == 0
    buffer.add(batch(run(0, 2, 3)), now=108)
    assert buffer.seconds_until_due(now=108) == 0


def test_taking_joins_ranges_and_leaves_it_empty() -> None:
    buffer = CommitBuffer(250, 10)
    buffer.add(batch(run(0, 0, 2), run(1, 7, 8)), now=0)
    buffer.add(batch(run(0, 2, 4, bad=(3,))), now=0)

    pending = buffer.take()

    assert pending.covered == {0: OffsetRange(0, 4), 1: OffsetRange(7, 8)}
    assert positions(pending) == [(0, 0), (0, 1), (1, 7), (0, 2)]
    assert [letter.offset for letter in pending.dead_letters] == [3]
    assert buffer.is_empty()


def test_a_batch_that_does_not_follow_the_last_one_is_an_error() -> None:
    buffer = CommitBuffer(250, 10)
    buffer.add(batch(run(0, 0, 2)), now=0)

    with pytest.raises(ValueError, match="does not follow"):
        buffer.add(batch(run(0, 3, 4)), now=0)


def test_forgetting_a_partition_leaves_the_others_and_their_age() -> None:
    buffer = CommitBuffer(10_000, 10)
    buffer.add(batch(run(0, 0, 3, bad=(1,)), run(1, 5, 7, bad=(6,))), now=3)

    buffer.forget([0])
    buffer.add(batch(run(0, 0, 1)), now=9)

    assert buffer.seconds_until_due(now=9) == 4
    pending = buffer.take()
    assert pending.covered == {1: OffsetRange(5, 7), 0: OffsetRange(0, 1)}
    assert positions(pending) == [(1, 5), (0, 0)]
    assert [letter.offset for letter in pending.dead_letters] == [6]


def test_forgetting_everything_empties_it() -> None:
    buffer = CommitBuffer(10_000, 10)
    buffer.add(batch(run(0, 0, 3)), now=3)

    buffer.forget([0, 1])

    assert buffer.is_empty()


def test_restricting_cuts_rows_and_dead_letters_at_the_same_offsets() -> None:
    buffer = CommitBuffer(10_000, 10)
    buffer.add(batch(run(0, 0, 6, bad=(1, 4)), run(1, 0, 2)), now=0)

    kept = buffer.take().restricted_to({0: OffsetRange(3, 6)})

    assert positions(kept) == [(0, 3), (0, 5)]
    assert [letter.offset for letter in kept.dead_letters] == [4]
    assert kept.covered == {0: OffsetRange(3, 6)}


class Consumed(Record):
    """A record that knows its topic and partition, as the client returns it."""

    def topic(self) -> str:
        return "call_events"

    def partition(self) -> int:
        return 4


def test_a_run_covers_holes_that_hold_no_record() -> None:
    places = Positions()
    places.set("call_events", 4, 10)

    first = places.cut([Consumed(12, b"a"), Consumed(15, b"bc")])["call_events"]
    second = places.cut([Consumed(17, b"d")])["call_events"]

    assert [run.covered for run in (*first.runs, *second.runs)] == [OffsetRange(10, 16), OffsetRange(16, 18)]
    assert first.byte_count == 3


def test_records_from_before_a_seek_or_of_a_lost_partition_are_left_out() -> None:
    places = Positions()
    places.set("call_events", 4, 13)

    kept = places.cut([Consumed(12, b"a"), Consumed(13, b"b")])["call_events"].runs[0]
    places.drop("call_events", 4)

    assert [record.offset() for record in kept.records] == [13]
    assert places.cut([Consumed(14, b"c")]) == {}
