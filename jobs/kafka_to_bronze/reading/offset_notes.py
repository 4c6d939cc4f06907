"""Offsets of a batch that are special: those without a record, and those of dead letters sent once more. Pure.

A commit tells both, so that whoever audits it can tell a transaction marker from a record that got lost on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller

from contracts.dead_letters import REPLAYED_FROM_HEADER
from contracts.sink_progress import OffsetRange
from jobs.runtime.records import KafkaRecord, PartitionRun

Position = tuple[int, int]


@dataclass(frozen=True)
class OffsetNotes:
    """Ranges `without_record` by partition, and positions (partition, offset) of `replayed` records."""

    without_record: tuple[tuple[int, OffsetRange], ...] = ()
    replayed: tuple[Position, ...] = ()

    @property
    def offsets_without_record(self) -> int:
        """How many there are."""
        return sum(gap.end - gap.start for _, gap in self.without_record)

    def restricted_to(self, keep: Mapping[int, OffsetRange]) -> "OffsetNotes":
        """The same without what lies outside `keep`."""
        clipped = ((partition, _common(gap, keep.get(partition))) for partition, gap in self.without_record)
        return OffsetNotes(
            tuple((partition, gap) for partition, gap in clipped if gap is not None),
            tuple((p, offset) for p, offset in self.replayed if p in keep and keep[p].start <= offset < keep[p].end),
        )


def notes_of(runs: Iterable[PartitionRun]) -> OffsetNotes:
    """Notes on consecutive records."""
    runs = tuple(runs)
    return OffsetNotes(
        tuple((run.partition, gap) for run in runs for gap in _gaps(run)),
        tuple((run.partition, offset) for run in runs for offset in _replayed(run.records)),
    )


def joined(notes: Iterable[OffsetNotes]) -> OffsetNotes:
    """Several notes as one."""
    notes = tuple(notes)
    return OffsetNotes(
        tuple(gap for each in notes for gap in each.without_record),
        tuple(position for each in notes for position in each.replayed),
    )


def _gaps(run: PartitionRun) -> Iterator[OffsetRange]:
    if len(run.records) == run.covered.end - run.covered.start:
        return
    expected = run.covered.start
    for record in run.records:
        if record.offset() > expected:
            yield OffsetRange(expected, record.offset())
        expected = record.offset() + 1
    if expected < run.covered.end:
        yield OffsetRange(expected, run.covered.end)


def _replayed(records: Sequence[KafkaRecord]) -> Iterator[int]:
    # Hardly any record has headers, so that no more than the look for them is done for each.
    for record, headers in zip(records, map(methodcaller("headers"), records), strict=True):
        if headers and any(name == REPLAYED_FROM_HEADER for name, _ in headers):
            yield record.offset()


def _common(gap: OffsetRange, kept: OffsetRange | None) -> OffsetRange | None:
    if kept is None:
        return None
    start, end = max(gap.start, kept.start), min(gap.end, kept.end)
    return OffsetRange(start, end) if start < end else None
