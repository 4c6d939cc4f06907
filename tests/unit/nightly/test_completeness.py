"""Whether the sink's commits account for every offset, whatever kind of producer wrote and whatever was accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.gate_settings import LateAndDeadLettersGate
from contracts.sink_progress import (
    ACCEPTED_ENDS,
    ACCEPTED_LOSS,
    DEAD_LETTERS,
    OFFSETS,
    REPLAYED,
    WITHOUT_RECORD,
    OffsetRange,
    encode_ends,
    encode_ranges,
)
from jobs.nightly.gates.judging.completeness import (
    ADDED_RECORDS,
    commits_of,
    completeness,
    outstanding_dead_letters,
    steps_of,
)
from jobs.nightly.gates.judging.late_records import dead_letter_reading

Summary = tuple[int, dict[str, str]]


def commit(
    start: int,
    end: int,
    rows: int,
    dead_letters: int = 0,
    without_record: int | None = 0,
    replayed: int = 0,
    partition: int = 0,
) -> Summary:
    summary = {
        OFFSETS: encode_ranges({partition: OffsetRange(start, end)}),
        ADDED_RECORDS: str(rows),
        DEAD_LETTERS: str(dead_letters),
        REPLAYED: str(replayed),
    }
    return start, summary | ({} if without_record is None else {WITHOUT_RECORD: str(without_record)})


def accepted(ends: dict[int, int] | None) -> Summary:
    return 0, {ACCEPTED_LOSS: "{}"} | ({} if ends is None else {ACCEPTED_ENDS: encode_ends(ends)})


def values(*summaries: Summary) -> list[float]:
    return [reading.value for reading in completeness("t", steps_of(summaries))]


def test_complete_commits_join_on_and_add_up() -> None:
    assert values(commit(0, 10, 9, 1), commit(10, 15, 5)) == [0, 0]


def test_a_lost_row_a_gap_and_an_overlap_are_found() -> None:
    assert values(commit(0, 10, 8, 1)) == [1, 0]
    assert values(commit(0, 10, 10), commit(12, 15, 3)) == [0, 2]
    assert values(commit(0, 10, 10), commit(8, 15, 7)) == [0, 2]
    assert values(commit(0, 10, 12)) == [2, 0]


def test_markers_of_transactions_are_no_missing_rows_in_any_topic() -> None:
    assert values(commit(0, 11, 10, without_record=1), commit(11, 20, 8, without_record=1)) == [0, 0]
    assert values(commit(0, 11, 9, without_record=1)) == [1, 0]


def test_a_row_lost_in_one_commit_does_not_hide_one_too_many_in_another() -> None:
    assert values(commit(0, 10, 9), commit(10, 20, 11)) == [2, 0]


def test_commits_of_an_older_sink_are_judged_by_what_they_counted() -> None:
    assert values(commit(0, 11, 10, without_record=None)) == [0, 0]
    assert values(commit(0, 11, 12, without_record=None), commit(13, 14, 1, without_record=None)) == [1, 2]


def test_an_accepted_loss_is_no_gap_but_the_next_gap_is() -> None:
    first, loss = commit(0, 10, 10), accepted({0: 300})
    assert values(first, loss, commit(300, 310, 10)) == [0, 0]
    assert values(first, loss, commit(301, 310, 9)) == [0, 1]
    assert values(first, commit(300, 310, 10), loss) == [0, 290]


def test_a_rebuilt_topic_starts_over_and_what_follows_must_join() -> None:
    assert values(commit(0, 10, 10), accepted({}), commit(0, 5, 5)) == [0, 0]
    assert values(commit(0, 10, 10), accepted({}), commit(0, 5, 5), commit(6, 7, 1)) == [0, 1]


def test_a_loss_that_was_accepted_before_ends_were_written_down_explains_any_start() -> None:
    assert values(commit(0, 10, 10), accepted(None), commit(300, 310, 10)) == [0, 0]


def test_commits_of_other_writers_are_no_ones_business() -> None:
    assert steps_of([(1, {"operation": "replace", ADDED_RECORDS: "5"})]) == []


def test_a_replayed_dead_letter_is_outstanding_no_more() -> None:
    commits = commits_of(steps_of([commit(0, 100, 80, 20), commit(100, 121, 20, 0, 1, replayed=20)]))
    assert outstanding_dead_letters(commits) == (120, 0)
    # Two of them failed again.
    again = commits_of(steps_of([commit(0, 100, 80, 20), commit(100, 121, 18, 2, 1, replayed=20)]))
    assert outstanding_dead_letters(again) == (120, 2)


def test_replaying_old_dead_letters_does_not_hide_newer_ones() -> None:
    # Twenty letters of last week are replayed; then fifteen records fail.
    commits = commits_of(steps_of([commit(100, 121, 20, 0, 1, replayed=20), commit(121, 221, 85, 15)]))
    assert outstanding_dead_letters(commits) == (120, 15)


@pytest.mark.parametrize(("letters", "records", "value"), [(9, 20, 0), (20, 1000, 2), (10, 1000, 1), (0, 0, 0)])
def test_the_share_of_dead_letters_is_judged_from_some_number_on(letters: int, records: int, value: float) -> None:
    assert dead_letter_reading("t", records, letters, LateAndDeadLettersGate()).value == pytest.approx(value)


def test_no_dead_letter_at_all_can_be_allowed() -> None:
    gate = LateAndDeadLettersGate(max_dead_letter_share=0, min_rows=1)
    assert dead_letter_reading("t", 1000, 0, gate).value == 0
    assert dead_letter_reading("t", 1000, 1, gate).value > 1


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_whatever_a_sink_writes_down_rightly_is_complete(parts: list[tuple[int, int, int]]) -> None:
    start, summaries = 0, []
    for rows, letters, empty in parts:
        end = start + rows + letters + empty
        summaries.append(commit(start, end, rows, letters, empty))
        start = end
    assert values(*summaries) == [0, 0]
