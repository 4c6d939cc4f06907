"""When the rows arrived that bronze has received since some snapshots, by the bounds in Iceberg's manifests."""

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from pyiceberg.catalog import Catalog
from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.types import TimestamptzType
from pyiceberg.utils.datetime import micros_to_timestamptz

from contracts.tables import INGESTED_AT_COLUMN
from jobs.nightly.audited_run import TableName
from jobs.nightly.chunks import Arrivals

# Of each table, its new files.
NewRows = Mapping[TableName, tuple[Arrivals, ...]]
READS_AT_ONCE = 8


class UnknownArrivalsError(Exception):
    """Nobody can tell what arrived: a table is new, a snapshot has expired, or a file has no bounds."""


@dataclass(frozen=True)
class _NewFiles:
    """A manifest of a table, and the sequence number above which its files are new."""

    table: Table
    manifest: ManifestFile
    known_sequence: int


def arrivals_since(catalog: Catalog, known: Mapping[TableName, int], current: Mapping[TableName, int]) -> NewRows:
    """When the rows arrived that are in the snapshots `current` and not in `known`, by table, a file at a time.

    Compaction moves rows and adds none, so what it wrote does not count, as long as the commits since `known` can be
    told apart. Other files that were rewritten count as arrived: there are then more than necessary, never fewer.
    Raises `UnknownArrivalsError`.
    """
    changed = [table for table, snapshot in current.items() if known.get(table) != snapshot]
    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        manifests = list(
            pool.map(lambda table: _new_manifests(catalog, table, known.get(table), current[table]), changed)
        )
        read = pool.map(_arrivals, list(chain.from_iterable(manifests)))
        return {
            table: tuple(chain.from_iterable(next(read) for _ in of_table))
            for table, of_table in zip(changed, manifests, strict=True)
        }


def oldest_of(arrived: NewRows) -> dt.datetime | None:
    """A time before which none of these rows arrived; None if there is no row."""
    return min((file.oldest for files in arrived.values() for file in files), default=None)


def all_arrivals(catalog: Catalog, name: TableName, current: int) -> tuple[Arrivals, ...]:
    """When the rows of the snapshot `current` arrived. Raises `UnknownArrivalsError`."""
    table = catalog.load_table(name)
    now = table.snapshot_by_id(current)
    manifests = now.manifests(table.io) if now else []
    files = [_NewFiles(table, found, -1) for found in manifests if found.content == ManifestContent.DATA]
    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        return tuple(chain.from_iterable(pool.map(_arrivals, files)))


def _new_manifests(catalog: Catalog, name: TableName, known: int | None, current: int) -> list[_NewFiles]:
    table = catalog.load_table(name)
    before = table.snapshot_by_id(known) if known is not None else None
    now = table.snapshot_by_id(current)
    if before is None or now is None or before.sequence_number is None:
        raise UnknownArrivalsError(f"{'.'.join(name)}: snapshot {known} is not there")
    since = before.sequence_number
    commits = _commits_between(table, before, now)
    if commits and any(_is_compaction(commit) for commit in commits):
        return [new for commit in commits if not _is_compaction(commit) for new in _added_by(table, commit)]
    return [
        _NewFiles(table, manifest, since)
        for manifest in now.manifests(table.io)
        if manifest.content == ManifestContent.DATA and manifest.sequence_number > since
    ]


def _commits_between(table: Table, before: Snapshot, now: Snapshot) -> list[Snapshot]:
    """The snapshots after `before` up to `now`; empty if one of them has expired."""
    commits: list[Snapshot] = []
    step: Snapshot | None = now
    while step is not None and step.snapshot_id != before.snapshot_id:
        commits.append(step)
        step = table.snapshot_by_id(step.parent_snapshot_id) if step.parent_snapshot_id else None
    return commits if step is not None else []


def _is_compaction(commit: Snapshot) -> bool:
    return commit.summary is not None and commit.summary.operation == Operation.REPLACE


def _added_by(table: Table, commit: Snapshot) -> list[_NewFiles]:
    """The files that this commit added, which may have been compacted since."""
    return [
        _NewFiles(table, manifest, (commit.sequence_number or 0) - 1)
        for manifest in commit.manifests(table.io)
        if manifest.content == ManifestContent.DATA and manifest.added_snapshot_id == commit.snapshot_id
    ]


def _arrivals(new: _NewFiles) -> list[Arrivals]:
    field_id = new.table.schema().find_field(INGESTED_AT_COLUMN).field_id
    entries = new.manifest.fetch_manifest_entry(new.table.io, discard_deleted=True)
    return [
        _arrivals_of(entry.data_file, field_id)
        for entry in entries
        if (entry.sequence_number or 0) > new.known_sequence
    ]


def _arrivals_of(file: DataFile, field_id: int) -> Arrivals:
    oldest, newest = ((bounds or {}).get(field_id) for bounds in (file.lower_bounds, file.upper_bounds))
    if oldest is None or newest is None:
        raise UnknownArrivalsError(f"{file.file_path} does not tell when its rows arrived")
    return Arrivals(_moment(oldest), _moment(newest), file.record_count)


def _moment(bound: bytes) -> dt.datetime:
    return micros_to_timestamptz(int(from_bytes(TimestamptzType(), bound)))
