"""What a commit tells of its offsets besides rows and dead letters."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_records import Record, call, encoded

from contracts.dead_letters import REPLAYED_FROM_HEADER
from contracts.sink_progress import OffsetRange, PartitionProgress, encode_epochs, epochs_of
from contracts.tables import BRONZE_TABLE_BY_TOPIC
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer
from jobs.kafka_to_bronze.reading.offset_notes import OffsetNotes, joined, notes_of
from jobs.kafka_to_bronze.reading.rows import BatchReader
from jobs.kafka_to_bronze.tools.accept_loss import begins_epoch
from jobs.runtime.records import PartitionRun, RawBatch

REPLAYED = [(REPLAYED_FROM_HEADER, b"call_events/0/7")]


def run(start: int, end: int, offsets: Iterable[int], replayed: Iterable[int] = (), partition: int = 0) -> PartitionRun:
    again = set(replayed)
    records = [
        Record(offset, encoded(call(event_id=f"e-{offset}")), headers_=REPLAYED if offset in again else None)
        for offset in offsets
    ]
    return PartitionRun(partition, OffsetRange(start, end), records)


def test_offsets_without_a_record_are_told_with_their_places() -> None:
    notes = notes_of([run(0, 12, [*range(2, 5), *range(7, 10)]), run(0, 3, range(3), partition=1)])
    assert notes.without_record == ((0, OffsetRange(0, 2)), (0, OffsetRange(5, 7)), (0, OffsetRange(10, 12)))
    assert notes.offsets_without_record == 6


def test_records_sent_once_more_are_told_by_their_header() -> None:
    other = Record(3, b"{}", headers_=[("trace", b"1")])
    notes = notes_of([run(0, 3, range(3), replayed=(1,)), PartitionRun(1, OffsetRange(3, 4), [other])])
    assert notes == OffsetNotes(replayed=((0, 1),))


@given(st.sets(st.integers(0, 40)), st.integers(0, 41), st.integers(0, 41))
def test_notes_restricted_to_a_range_are_those_of_the_range(offsets: set[int], one: int, other: int) -> None:
    start, end = sorted((one, other))
    notes = notes_of([run(0, 41, sorted(offsets), replayed=offsets)]).restricted_to({0: OffsetRange(start, end)})
    inside = {offset for offset in offsets if start <= offset < end}
    assert notes.offsets_without_record == end - start - len(inside)
    assert {offset for _, offset in notes.replayed} == inside
    assert notes.restricted_to({1: OffsetRange(start, end)}) == OffsetNotes()


def test_notes_travel_with_their_batch_into_the_commit() -> None:
    reader, buffer = BatchReader(BRONZE_TABLE_BY_TOPIC["call_events"]), CommitBuffer(10_000, 10)
    for part in (run(0, 4, (0, 1, 3), replayed=(3,)), run(4, 6, (4,))):
        buffer.add(reader.read(RawBatch((part,), 100), datetime(2026, 11, 23, tzinfo=UTC)), now=0)
    buffer.add(reader.read(RawBatch((run(0, 2, (0,), partition=1),), 100), datetime.now(UTC)), now=0)
    buffer.forget([1])
    pending = buffer.take()
    assert pending.notes == joined([notes_of([run(0, 4, (0, 1, 3), replayed=(3,))]), notes_of([run(4, 6, (4,))])])
    assert pending.rows.num_rows + pending.notes.offsets_without_record == 6


def done(end: int) -> PartitionProgress:
    return PartitionProgress(0, end, "c0", "sink")


@pytest.mark.parametrize(
    ("after", "begins"),
    [({0: done(10), 1: done(400)}, False), ({}, True), ({0: done(10), 1: done(3)}, True), ({0: done(10)}, True)],
)
def test_positions_begin_again_where_a_partition_goes_back(after: dict[int, PartitionProgress], begins: bool) -> None:
    assert begins_epoch({0: done(10), 1: done(300)}, after) is begins


def test_moments_from_which_positions_begin_again_survive_the_tables_properties() -> None:
    moments = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
    assert epochs_of({"telecom.kafka.epochs": encode_epochs(reversed(moments))}) == moments
    assert epochs_of({}) == ()
