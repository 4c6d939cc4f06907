"""Completeness and dead letters of bronze, by what every commit of the sink wrote into its snapshot. Pure.

It reads no row, so the cost does not grow with history, and the answer stays right after compaction, erasure and
snapshot expiry: each commit that is still known must add up, and must join the one before it. Where a person accepted a
loss, or that a rebuilt topic starts over, the next commit joins what was accepted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.sink_progress import (
    ACCEPTED_ENDS,
    ACCEPTED_LOSS,
    DEAD_LETTERS,
    OFFSETS,
    REPLAYED,
    WITHOUT_RECORD,
    OffsetRange,
    accepted_ends_of,
    ranges_of,
)
from jobs.nightly.gates.gate import Reading

ADDED_RECORDS = "added-records"


@dataclass(frozen=True)
class SinkCommit:
    """What one snapshot of the sink says about itself.

    `without_record` are offsets in which the topic holds no record: markers of transactions, aborted records and what
    log compaction removed. None if the commit is of a sink that did not count them.
    """

    snapshot_id: int
    ranges: Mapping[int, OffsetRange]
    rows: int
    dead_letters: int
    replayed: int
    without_record: int | None

    @property
    def offsets(self) -> int:
        """Offsets covered."""
        return sum(covered.end - covered.start for covered in self.ranges.values())

    @property
    def missing(self) -> int:
        """Offsets that are nothing; negative if there are more rows than offsets."""
        accounted_for = self.rows + self.dead_letters
        if self.without_record is None:
            # Fewer rows than offsets say nothing, because nobody counted the offsets without a record.
            return min(0, self.offsets - accounted_for)
        return self.offsets - accounted_for - self.without_record


@dataclass(frozen=True)
class Acceptance:
    """Somebody accepted that records are gone: offsets from which partitions go on.

    `ends` is None if it was not written down; what partitions go on from is then unknown. A partition that is not in it
    starts over.
    """

    ends: Mapping[int, int] | None


Step = SinkCommit | Acceptance


def steps_of(summaries: Iterable[tuple[int, Mapping[str, str]]]) -> list[Step]:
    """Commits and acceptances among snapshots `(id, summary)`, oldest first, without the snapshots of other writers."""
    steps = (_step(snapshot_id, summary) for snapshot_id, summary in summaries)
    return [step for step in steps if step is not None]


def _step(snapshot_id: int, summary: Mapping[str, str]) -> Step | None:
    if ACCEPTED_LOSS in summary:
        return Acceptance(accepted_ends_of(summary) if ACCEPTED_ENDS in summary else None)
    if OFFSETS not in summary:
        return None
    without_record = summary.get(WITHOUT_RECORD)
    return SinkCommit(
        snapshot_id,
        ranges_of(summary),
        rows=int(summary.get(ADDED_RECORDS, "0")),
        dead_letters=int(summary.get(DEAD_LETTERS, "0")),
        replayed=int(summary.get(REPLAYED, "0")),
        without_record=None if without_record is None else int(without_record),
    )


def commits_of(steps: Iterable[Step]) -> list[SinkCommit]:
    """The commits alone."""
    return [step for step in steps if isinstance(step, SinkCommit)]


def completeness(table: str, steps: Sequence[Step]) -> list[Reading]:
    """One reading for what is missing inside commits, one for gaps and overlaps between them."""
    commits = commits_of(steps)
    missing = sum(abs(commit.missing) for commit in commits)
    offsets, rows = sum(commit.offsets for commit in commits), sum(commit.rows for commit in commits)
    letters = sum(commit.dead_letters for commit in commits)
    empty = sum(commit.without_record or 0 for commit in commits)
    detail = f"{offsets} offsets in {len(commits)} commits: {rows} rows, {letters} dead letters, {empty} without record"
    return [
        Reading(table, missing, detail),
        Reading(f"{table} between commits", _offsets_between(steps), "offsets skipped or covered twice"),
    ]


def outstanding_dead_letters(commits: Iterable[SinkCommit]) -> tuple[int, int]:
    """Records, and dead letters that were not replayed after they came, of commits from the oldest on.

    What was replayed before a letter came was an older one. One that failed again is a new dead letter of a replay.
    """
    records = outstanding = 0
    for commit in commits:
        records += commit.rows + commit.dead_letters
        outstanding = max(0, outstanding - commit.replayed) + commit.dead_letters
    return records, outstanding


def _offsets_between(steps: Iterable[Step]) -> int:
    ends: dict[int, int] = {}
    apart = 0
    for step in steps:
        if isinstance(step, Acceptance):
            ends = dict(step.ends or {})
            continue
        for partition, covered in step.ranges.items():
            apart += abs(covered.start - ends.get(partition, covered.start))
            ends[partition] = covered.end
    return apart
