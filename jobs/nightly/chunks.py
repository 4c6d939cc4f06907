"""How a night is cut into chunks that the engine can hold in memory, from what Iceberg's metadata says. Pure.

A chunk of arrivals is a span of time in which bronze received rows; a chunk of days is some event days. Where even
one instant, or one day, has more rows than a chunk may have, `slices` says into how many slices its rows are dealt by a
hash of the event's id, so that all rows of one event are in the same slice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

ONE_MICROSECOND = dt.timedelta(microseconds=1)
# How finely the span of a large file is cut, and the span of any file at most.
PARTS_PER_CHUNK = 8
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Arrivals:
    """Rows of one file: the first and the last moment at which one of them arrived, and how many there are."""

    oldest: dt.datetime
    newest: dt.datetime
    rows: int


@dataclass(frozen=True)
class ArrivalChunk:
    """Rows that arrived in [since, until); no bound where None. If it `is_new`, silver has none that arrived later."""

    since: dt.datetime | None
    until: dt.datetime | None
    slices: int = 1
    is_new: bool = True


@dataclass(frozen=True)
class DayChunk:
    """Rows of some event days."""

    days: tuple[dt.date, ...]
    slices: int = 1


def chunks_of_arrivals(files: Iterable[Arrivals], rows_per_chunk: int) -> tuple[ArrivalChunk, ...]:
    """Chunks in the order of arrival that cover all time, each with about `rows_per_chunk` rows at most.

    The rows of a file count as spread evenly over its span, which is as much as its metadata tells.
    """
    starts: list[dt.datetime | None] = [None]
    counts = [0.0]
    for moment, rows in _received(files, rows_per_chunk):
        if counts[-1] and counts[-1] + rows > rows_per_chunk:
            starts.append(moment)
            counts.append(0.0)
        counts[-1] += rows
    untils = [*starts[1:], None]
    return tuple(
        ArrivalChunk(since, until, _slices(rows, rows_per_chunk))
        for since, until, rows in zip(starts, untils, counts, strict=True)
    )


def old_until(chunks: Iterable[ArrivalChunk], moment: dt.datetime) -> tuple[ArrivalChunk, ...]:
    """The same chunks, cut at `moment`: what arrived before it may have to stand in for a row that silver has."""
    return tuple(part for chunk in chunks for part in _parts_at(chunk, moment))


def _parts_at(chunk: ArrivalChunk, moment: dt.datetime) -> Iterator[ArrivalChunk]:
    begins_before = chunk.since is None or chunk.since < moment
    ends_after = chunk.until is None or chunk.until > moment
    if begins_before:
        yield replace(chunk, until=moment if ends_after else chunk.until, is_new=False)
    if ends_after:
        yield replace(chunk, since=moment if begins_before else chunk.since)


def chunks_of_days(
    days: Collection[dt.date], rows_by_day: Mapping[dt.date, int], rows_per_chunk: int
) -> tuple[DayChunk, ...]:
    """Chunks of `days` in their order, each with `rows_per_chunk` rows at most, or of one day in slices."""
    chunks: list[tuple[list[dt.date], int]] = []
    for day in sorted(days):
        rows = rows_by_day.get(day, 0)
        if not chunks or chunks[-1][1] + rows > rows_per_chunk:
            chunks.append(([], 0))
        of_chunk, so_far = chunks.pop()
        chunks.append(([*of_chunk, day], so_far + rows))
    return tuple(DayChunk(tuple(of_chunk), _slices(rows, rows_per_chunk)) for of_chunk, rows in chunks)


def _received(files: Iterable[Arrivals], rows_per_chunk: int) -> Iterator[tuple[dt.datetime, float]]:
    """Moments in order, and how many rows count as having arrived from each of them until the next.

    A span is cut so finely that no part of it has more than a fraction of a chunk.
    """
    received: defaultdict[dt.datetime, float] = defaultdict(float)
    for file in files:
        for moment, rows in _parts(file, rows_per_chunk):
            received[moment] += rows
    yield from sorted(received.items())


def _parts(file: Arrivals, rows_per_chunk: int) -> Iterator[tuple[dt.datetime, float]]:
    span = file.newest - file.oldest
    wanted = min(-(-file.rows * PARTS_PER_CHUNK // rows_per_chunk), MOST_PARTS)
    parts = max(wanted, 1) if span >= ONE_MICROSECOND else 1
    for part in range(parts):
        yield file.oldest + span * part / parts, file.rows / parts


def _slices(rows: float, rows_per_chunk: int) -> int:
    return max(1, -(-int(rows) // rows_per_chunk))
