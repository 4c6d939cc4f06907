"""A night is cut by what metadata says, so that every row is in one chunk and no chunk is much too large."""

import datetime as dt
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.nightly.chunks import ArrivalChunk, Arrivals, DayChunk, chunks_of_arrivals, chunks_of_days, old_until

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
DAY = dt.date(2026, 11, 20)
FILES = st.lists(
    st.builds(
        lambda start, length, rows: Arrivals(NOON + start * SECOND, NOON + (start + length) * SECOND, rows),
        start=st.integers(0, 10_000),
        length=st.integers(0, 600),
        rows=st.integers(0, 5_000),
    ),
    max_size=30,
)


def at(seconds: int) -> dt.datetime:
    return NOON + seconds * SECOND


def commits(*rows: int) -> list[Arrivals]:
    """Files whose rows arrived at one instant each, a second apart."""
    return [Arrivals(at(second), at(second), count) for second, count in enumerate(rows)]


def test_what_fits_is_one_chunk_of_all_time() -> None:
    assert chunks_of_arrivals(commits(40, 60), 100) == (ArrivalChunk(None, None),)
    assert chunks_of_arrivals([], 100) == (ArrivalChunk(None, None),)


def test_commits_are_put_together_in_the_order_of_arrival() -> None:
    chunks = chunks_of_arrivals(reversed(commits(40, 50, 30, 80)), 100)
    assert chunks == (ArrivalChunk(None, at(2)), ArrivalChunk(at(2), at(3)), ArrivalChunk(at(3), None))


def test_one_commit_that_is_too_large_is_dealt_into_slices() -> None:
    assert [chunk.slices for chunk in chunks_of_arrivals(commits(10, 250, 10), 100)] == [1, 3, 1]


def test_a_file_that_compaction_made_of_a_whole_day_is_cut_within_its_span() -> None:
    compacted = Arrivals(at(0), at(86_400), 1000)
    chunks = chunks_of_arrivals([compacted], 100)
    assert len(chunks) >= 10
    assert all(chunk.slices == 1 for chunk in chunks)


@settings(deadline=None)
@given(files=FILES, rows_per_chunk=st.integers(50, 3_000))
def test_chunks_cover_all_time_once_and_in_order(files: list[Arrivals], rows_per_chunk: int) -> None:
    chunks = chunks_of_arrivals(files, rows_per_chunk)
    assert chunks[0].since is None
    assert chunks[-1].until is None
    assert all(before.until == after.since for before, after in pairwise(chunks))
    inner = [chunk.since for chunk in chunks if chunk.since is not None]
    assert inner == sorted(set(inner))


@settings(deadline=None)
@given(files=FILES, rows_per_chunk=st.integers(50, 3_000), moment=st.integers(-10, 11_000))
def test_what_silver_may_have_is_told_from_what_it_cannot_have(
    files: list[Arrivals], rows_per_chunk: int, moment: int
) -> None:
    chunks = old_until(chunks_of_arrivals(files, rows_per_chunk), at(moment))
    assert all(chunk.until is not None and chunk.until <= at(moment) for chunk in chunks if not chunk.is_new)
    assert all(chunk.since is not None and chunk.since >= at(moment) for chunk in chunks if chunk.is_new)
    assert chunks[0].since is None
    assert chunks[-1].until is None
    assert all(before.until == after.since for before, after in pairwise(chunks))


def test_days_are_put_together_and_a_large_one_is_dealt_into_slices() -> None:
    days = [DAY + dt.timedelta(days=number) for number in range(4)]
    rows = dict(zip(days, (40, 60, 250, 10), strict=True))
    assert chunks_of_days(reversed(days), rows, 100) == (
        DayChunk((days[0], days[1])),
        DayChunk((days[2],), slices=3),
        DayChunk((days[3],)),
    )


@given(counts=st.lists(st.integers(0, 500), max_size=40), rows_per_chunk=st.integers(1, 300))
def test_each_day_is_in_one_chunk(counts: list[int], rows_per_chunk: int) -> None:
    rows = {DAY + dt.timedelta(days=number): count for number, count in enumerate(counts)}
    chunks = chunks_of_days(rows, rows, rows_per_chunk)
    assert [day for chunk in chunks for day in chunk.days] == sorted(rows)
    assert all(sum(rows[day] for day in chunk.days) <= rows_per_chunk * chunk.slices for chunk in chunks)
