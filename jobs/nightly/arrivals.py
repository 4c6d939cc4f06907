"""How old the rows are that have arrived in bronze since some snapshots, by the bounds in Iceberg's manifests."""

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

READS_AT_ONCE = 8


class UnknownArrivalsError(Exception):
    """Nobody can tell what arrived: a table is new, a snapshot has expired, or a file has no bounds."""


@dataclass(frozen=True)
class _NewFiles:
    """A manifest of a table, and the sequence number above which its files are new."""

    table: Table
    manifest: ManifestFile
    known_sequence: int


def oldest_arrival(
    catalog: Catalog, known: Mapping[TableName, int], current: Mapping[TableName, int]
) -> dt.datetime | None:
    """A time before which no row arrived that is in the snapshots `current` and not in `known`.

    None if there is no such row. Compaction moves rows and adds none, so what it wrote does not count, as long as the
    commits since `known` can be told apart. Other files that were rewritten count as arrived: the time is then earlier
    than necessary, never later. Raises `UnknownArrivalsError`.
    """
    changed = [table for table, snapshot in current.items() if known.get(table) != snapshot]
    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        manifests = pool.map(lambda table: _new_manifests(catalog, table, known.get(table), current[table]), changed)
        bounds = pool.map(_arrivals, list(chain.from_iterable(manifests)))
        return min(chain.from_iterable(bounds), default=None)


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


def _arrivals(new: _NewFiles) -> list[dt.datetime]:
    field_id = new.table.schema().find_field(INGESTED_AT_COLUMN).field_id
    entries = new.manifest.fetch_manifest_entry(new.table.io, discard_deleted=True)
    return [
        _lower_bound(entry.data_file, field_id)
        for entry in entries
        if (entry.sequence_number or 0) > new.known_sequence
    ]


def _lower_bound(file: DataFile, field_id: int) -> dt.datetime:
    bound = (file.lower_bounds or {}).get(field_id)
    if bound is None:
        raise UnknownArrivalsError(f"{file.file_path} does not tell when its rows arrived")
    return micros_to_timestamptz(int(from_bytes(TimestamptzType(), bound)))
