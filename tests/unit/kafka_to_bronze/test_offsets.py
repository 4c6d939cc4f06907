"""Offset arithmetic: what may be appended, where reading starts, and what the table remembers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sink_progress import (
    OFFSETS,
    OffsetGapError,
    OffsetOverlapError,
    OffsetRange,
    PartitionProgress,
    ProgressDecodeError,
    advance,
    encode_progress,
    encode_ranges,
    progress_of,
    ranges_of,
)
from jobs.kafka_to_bronze.reading.ranges import (
    Fenced,
    Gap,
    RebuiltKafkaError,
    RetentionLossError,
    join,
    plan_append,
    start_offset,
)
from jobs.kafka_to_bronze.tools.accept_loss import accept


def progress(**ends: int) -> dict[int, PartitionProgress]:
    return {int(name[1:]): PartitionProgress(0, end, "c0", "other") for name, end in ends.items()}


def test_a_range_that_joins_on_is_kept() -> None:
    plan = plan_append(progress(p0=10), {0: OffsetRange(10, 20), 1: OffsetRange(5, 6)})

    assert plan.is_clean
    assert plan.keep == {0: OffsetRange(10, 20), 1: OffsetRange(5, 6)}


def test_what_the_table_has_is_dropped_and_its_writer_named() -> None:
    plan = plan_append(progress(p0=15, p1=20), {0: OffsetRange(10, 20), 1: OffsetRange(10, 20)})

    assert plan.keep == {0: OffsetRange(15, 20)}
    assert plan.fenced == (Fenced(0, 15, "other"), Fenced(1, 20, "other"))


def test_a_gap_is_refused_and_other_partitions_go_on() -> None:
    plan = plan_append(progress(p0=5), {0: OffsetRange(10, 20), 1: OffsetRange(0, 3)})

    assert plan.keep == {1: OffsetRange(0, 3)}
    assert plan.gaps == (Gap(0, 5, 10),)


@given(end=st.integers(0, 30), start=st.integers(0, 30), length=st.integers(0, 30))
def test_appending_what_a_plan_keeps_never_leaves_a_hole_or_an_overlap(end: int, start: int, length: int) -> None:
    before = progress(p0=end)

    plan = plan_append(before, {0: OffsetRange(start, start + length)})
    after = advance(before, plan.keep, "c1", "me")

    assert after[0].end == (max(end, start + length) if start <= end else end)
    assert bool(plan.gaps) == (start > end)


def test_a_commit_that_does_not_join_on_is_an_error() -> None:
    with pytest.raises(OffsetGapError, match="ends at 5"):
        advance(progress(p0=5), {0: OffsetRange(6, 7)}, "c1", "me")
    with pytest.raises(OffsetOverlapError, match="ends at 5"):
        advance(progress(p0=5), {0: OffsetRange(4, 7)}, "c1", "me")


def test_progress_and_ranges_survive_being_written_down() -> None:
    after = advance(progress(p3=7), {3: OffsetRange(7, 9), 11: OffsetRange(4, 4)}, "c1", "me")

    assert progress_of({OFFSETS: encode_progress(after)}) == after
    assert after[11] == PartitionProgress(first=4, end=4, commit_id="c1", writer="me")
    assert ranges_of({OFFSETS: encode_ranges({3: OffsetRange(7, 9)})}) == {3: OffsetRange(7, 9)}


@pytest.mark.parametrize("text", ["", "[]", '{"a":{}}', '{"0":{"first":0}}', '{"0":5}'])
def test_progress_of_another_make_is_refused(text: str) -> None:
    with pytest.raises(ProgressDecodeError, match=OFFSETS):
        progress_of({OFFSETS: text})


def test_a_range_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        OffsetRange(5, 4)
    with pytest.raises(ValueError, match="does not follow"):
        join(OffsetRange(0, 4), OffsetRange(5, 6))


def test_reading_starts_at_the_tables_end_or_at_the_logs_start() -> None:
    assert start_offset("t", 0, progress(p0=7), OffsetRange(3, 9)) == 7
    assert start_offset("t", 1, progress(p0=7), OffsetRange(3, 9)) == 3


def test_records_deleted_before_they_were_read_are_a_named_error() -> None:
    with pytest.raises(RetentionLossError, match="3 records were deleted"):
        start_offset("t", 0, progress(p0=7), OffsetRange(10, 20))


def test_a_log_that_ends_before_the_table_is_a_named_error() -> None:
    with pytest.raises(RebuiltKafkaError, match="recreated"):
        start_offset("t", 0, progress(p0=7), OffsetRange(0, 6))


def test_accepting_a_loss_moves_only_partitions_that_cannot_go_on() -> None:
    before = progress(p0=7, p1=7, p2=7)
    logs = {0: OffsetRange(10, 20), 1: OffsetRange(0, 20), 2: OffsetRange(0, 3)}

    after = accept(before, logs, is_rebuilt=False, commit_id="c1")

    assert after[0] == PartitionProgress(0, 10, "c1", "accept-loss")
    assert after[1] == before[1]
    assert after[2] == PartitionProgress(0, 0, "c1", "accept-loss")


def test_accepting_a_rebuilt_topic_forgets_all_progress() -> None:
    assert accept(progress(p0=7), {0: OffsetRange(0, 20)}, is_rebuilt=True, commit_id="c1") == {}
