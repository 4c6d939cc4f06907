"""One Iceberg commit: data files, offset ranges and progress together, in a single attempt."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from contracts.sink_progress import (
    COMMIT_ID,
    DEAD_LETTERS,
    OFFSETS,
    REPLAYED,
    WITHOUT_RECORD,
    WRITER,
    KafkaIdentity,
    OffsetRange,
    advance,
    encode_progress,
    encode_ranges,
    progress_of,
    ranges_of,
)
from jobs.runtime.iceberg import single_attempt


@dataclass(frozen=True)
class Append:
    """What one commit adds to the table."""

    commit_id: str
    writer: str
    identity: KafkaIdentity
    covered: dict[int, OffsetRange]
    files: Sequence[DataFile]
    dead_letter_count: int
    replayed_count: int
    offsets_without_record: int


def append_once(table: Table, append: Append) -> None:
    """Commit, or raise what the catalog raised. `CommitFailedException` means that it did not happen; after anything
    else, nobody knows whether it did.

    It makes a snapshot even without a file, because the snapshot is what makes two commits exclude each other
    (requirement `assert-ref-snapshot-id`).
    """
    progress = advance(progress_of(table.properties), append.covered, append.commit_id, append.writer)
    summary = {
        COMMIT_ID: append.commit_id,
        WRITER: append.writer,
        OFFSETS: encode_ranges(append.covered),
        DEAD_LETTERS: str(append.dead_letter_count),
        REPLAYED: str(append.replayed_count),
        WITHOUT_RECORD: str(append.offsets_without_record),
    }
    with single_attempt(table).transaction() as transaction:
        transaction.set_properties(
            {**append.identity.as_properties(), OFFSETS: encode_progress(progress), COMMIT_ID: append.commit_id}
        )
        with transaction.update_snapshot(snapshot_properties=summary).merge_append() as snapshot:
            for file in append.files:
                snapshot.append_data_file(file)


def has_landed(table: Table, append_id: str, covered: dict[int, OffsetRange]) -> bool:
    """True when the commit is in the table: the progress property tells, or a snapshot if others came after it."""
    progress = progress_of(table.properties)
    if any(done.commit_id == append_id for done in progress.values()):
        return True
    return any(
        snapshot.summary is not None
        and snapshot.summary.additional_properties.get(COMMIT_ID) == append_id
        and ranges_of(snapshot.summary.additional_properties) == covered
        for snapshot in table.snapshots()
    )
