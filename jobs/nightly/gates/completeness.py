"""Completeness and dead letters of bronze, by what every commit of the sink wrote into its snapshot. Pure.

It reads no row, so the cost does not grow with history, and the answer stays right after compaction, erasure and
snapshot expiry: each commit that is still known must add up, and must join the one before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.sink_progress import DEAD_LETTERS, OFFSETS, OffsetRange, ranges_of
from jobs.nightly.gates.gate import Reading

ADDED_RECORDS = "added-records"


@dataclass(frozen=True)
class SinkCommit:
    """What one snapshot of the sink says about itself."""

    snapshot_id: int
    ranges: Mapping[int, OffsetRange]
    rows: int
    dead_letters: int

    @property
    def records(self) -> int:
        """Offsets covered."""
        return sum(covered.end - covered.start for covered in self.ranges.values())

    @property
    def missing(self) -> int:
        """Offsets that are neither a row nor a dead letter; negative if there are more rows than offsets."""
        return self.records - self.rows - self.dead_letters


def sink_commits(summaries: Iterable[tuple[int, Mapping[str, str]]]) -> list[SinkCommit]:
    """Commits of the sink among snapshots `(id, summary)`, oldest first, without the snapshots of other writers."""
    return [
        SinkCommit(
            snapshot_id,
            ranges_of(summary),
            int(summary.get(ADDED_RECORDS, "0")),
            int(summary.get(DEAD_LETTERS, "0")),
        )
        for snapshot_id, summary in summaries
        if OFFSETS in summary
    ]


def completeness(table: str, commits: Sequence[SinkCommit], has_transaction_markers: bool) -> list[Reading]:
    """One reading for what is missing inside commits, one for gaps and overlaps between them.

    The markers of a transactional producer take offsets but are not records; of such a topic only gaps are judged.
    """
    missing = 0 if has_transaction_markers else sum(abs(commit.missing) for commit in commits)
    apart = _offsets_between(commits)
    covered, rows = sum(commit.records for commit in commits), sum(commit.rows for commit in commits)
    return [
        Reading(table, missing, f"{covered} offsets, {rows} rows in {len(commits)} commits"),
        Reading(f"{table} between commits", apart, "offsets skipped or covered twice"),
    ]


def dead_letter_share(commits: Sequence[SinkCommit]) -> float:
    """Dead letters per record, 0 without records."""
    records = sum(commit.records for commit in commits)
    return sum(commit.dead_letters for commit in commits) / records if records else 0.0


def _offsets_between(commits: Sequence[SinkCommit]) -> int:
    ends: dict[int, int] = {}
    apart = 0
    for commit in commits:
        for partition, covered in commit.ranges.items():
            apart += abs(covered.start - ends.get(partition, covered.start))
            ends[partition] = covered.end
    return apart
