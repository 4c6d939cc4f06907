"""Searches every file that is left below the tables' folders, live or not, for a person's identifiers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlparse

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs as pa_fs
import pyarrow.parquet as pq
from pyiceberg.catalog import Catalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import Table

from jobs.privacy.erase import lake_tables


@dataclass(frozen=True)
class Proof:
    """How many files were searched, and those that hold an identifier."""

    files_searched: int
    files_with_matches: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """True when nothing was found."""
        return not self.files_with_matches


def search(catalog: Catalog, needles: Sequence[str]) -> Proof:
    """Read every file in the tables' folders, also those that no snapshot refers to any more.

    Parquet is decoded and every text column compared. Metadata, manifests and statistics are searched as bytes and,
    where they are compressed, as the values that pyiceberg reads from them (column bounds of data files).
    """
    searched, matches = 0, set[str]()
    for table in lake_tables(catalog):
        filesystem, folder = _folder(table)
        for path in _files(filesystem, folder):
            searched += 1
            if _contains(filesystem, path, needles):
                matches.add(path)
        matches |= {f"{'.'.join(table.name())} column bounds" for _ in _bounds_with(table, needles)}
    return Proof(searched, tuple(sorted(matches)))


def _folder(table: Table) -> tuple[pa_fs.FileSystem, str]:
    location = urlparse(table.location())
    if not isinstance(table.io, PyArrowFileIO):
        raise TypeError(f"cannot list the files of {table.name()}: its file access is {type(table.io).__name__}")
    return table.io.fs_by_scheme(location.scheme, location.netloc), f"{location.netloc}{location.path}"


def _files(filesystem: pa_fs.FileSystem, folder: str) -> Iterator[str]:
    selector = pa_fs.FileSelector(folder, recursive=True, allow_not_found=True)
    return (info.path for info in filesystem.get_file_info(selector) if info.type == pa_fs.FileType.File)


def _contains(filesystem: pa_fs.FileSystem, path: str, needles: Sequence[str]) -> bool:
    if path.endswith(".parquet"):
        with filesystem.open_input_file(path) as source:
            return _table_contains(pq.read_table(source), needles)
    with filesystem.open_input_stream(path) as stream:
        content = stream.read()
    return any(needle.encode() in content for needle in needles)


def _table_contains(rows: pa.Table, needles: Sequence[str]) -> bool:
    wanted = pa.array(needles, pa.string())
    texts = [
        column for column in rows.columns if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    ]
    return any(pc.any(pc.is_in(column.cast(pa.string()), value_set=wanted)).as_py() for column in texts)


def _bounds_with(table: Table, needles: Sequence[str]) -> Iterator[bytes]:
    encoded = [needle.encode()[:16] for needle in needles]
    for snapshot in table.metadata.snapshots:
        for manifest in snapshot.manifests(table.io):
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False):
                bounds = [
                    *(entry.data_file.lower_bounds or {}).values(),
                    *(entry.data_file.upper_bounds or {}).values(),
                ]
                yield from (bound for bound in bounds if bound[:16] in encoded)
