"""What differs between the source's rows and the newest entries of bronze: DuckDB compares them on the local disk.

Every row of the source is compared with the newest entry of its key, whatever `updated_at` says: a row is new if its
digest is another one, or if the newest entry is a tombstone, or if there is none. A key is gone if its newest entry is
a row and the source has none. So after a run each key's newest entry is what the source had in the run's snapshot.

Rows without a key, and several rows with one key, have no present version. They are left out, and so is what bronze
has of their keys.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

MEMORY_MEBIBYTES = 256
KEYS_AT_ONCE = 20_000
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TIMESTAMP = pa.timestamp("us", tz="UTC")
DIGESTS = pa.schema([("key", pa.string()), ("digest", pa.string())])
ENTRIES = pa.schema(
    [
        ("key", pa.string()),
        ("digest", pa.string()),
        ("unreadable", pa.string()),
        ("is_deleted", pa.bool_()),
        ("effective_at", _TIMESTAMP),
        ("ingested_at", _TIMESTAMP),
    ]
)
# A run adds one entry for a key at most, and each run is later than the one before. Most keys have a single entry, so
# that only the others are looked up.
_NEWEST = """
create table newest as
with rewritten as (
    select key, max(ingested_at) as newest_at from entries group by key having count(*) > 1
)
select key, digest, unreadable, is_deleted, effective_at from entries
where not exists (from rewritten where rewritten.key = entries.key and rewritten.newest_at > entries.ingested_at)
"""
_AMBIGUOUS = """
create table ambiguous as
select key, count(*) as row_count from digests group by key having key is null or count(*) > 1
"""
_FORGET_AMBIGUOUS = """
delete from digests where key is null or key in (select key from ambiguous where key is not null)
"""
_CHANGED = """
select digests.key, newest.effective_at as held_since
from digests left join newest on newest.key = digests.key
where newest.key is null or newest.is_deleted or newest.digest is distinct from digests.digest
order by digests.key
"""
_GONE = """
select newest.key, newest.effective_at as held_since
from newest anti join digests on digests.key = newest.key
where not newest.is_deleted and newest.key not in (select key from ambiguous where key is not null)
order by newest.key
"""
# Of rows that bronze has as they are, by the column that could not be read.
_STILL_UNREADABLE = """
select column_name, count(*) from (
    select unnest(json_keys(newest.unreadable)) as column_name
    from newest semi join digests on digests.key = newest.key and digests.digest = newest.digest
    where not newest.is_deleted and newest.unreadable is not null
) group by column_name
"""
EXAMPLE_KEYS = 5


@dataclass(frozen=True)
class AmbiguousRows:
    """Rows of the source that have no key of their own, with some of the keys that several rows have."""

    without_key: int
    with_shared_key: int
    shared_keys: tuple[str, ...]


class Comparison:
    """The two sides, on disk; memory is bounded by `MEMORY_MEBIBYTES` and one batch."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self._database = database

    def load(self, digests: Iterable[pa.RecordBatch], entries: Iterable[pa.RecordBatch]) -> None:
        """Take in all rows of the source and all entries of bronze."""
        self._fill("digests", DIGESTS, digests)
        self._fill("entries", ENTRIES, entries)
        for statement in (_AMBIGUOUS, _FORGET_AMBIGUOUS, _NEWEST):
            self._database.execute(statement)

    def rows_compared(self) -> int:
        """Rows of the source that were compared."""
        return self._number("select count(*) from digests")

    def ambiguous(self) -> AmbiguousRows:
        """Rows of the source that were left out."""
        shared = "from ambiguous where key is not null"
        examples = self._database.sql(f"select key {shared} order by key limit {EXAMPLE_KEYS}").fetchall()
        return AmbiguousRows(
            self._number("select coalesce(sum(row_count), 0) from ambiguous where key is null"),
            self._number(f"select coalesce(sum(row_count), 0) {shared}"),
            tuple(key for (key,) in examples),
        )

    def still_unreadable(self) -> dict[str, int]:
        """How many rows that have not changed bronze has with a value that could not be read, by column."""
        return dict(self._database.sql(_STILL_UNREADABLE).fetchall())

    def newest_run(self) -> dt.datetime | None:
        """When the newest entry was written; None without entries."""
        ((microseconds,),) = self._database.sql("select epoch_us(max(ingested_at)) from entries").fetchall()
        return None if microseconds is None else EPOCH + dt.timedelta(microseconds=microseconds)

    def changed(self) -> Iterator[pa.RecordBatch]:
        """`key` and `held_since` (its newest entry's, null if there is none) of the rows that bronze has not."""
        return self._batches(_CHANGED)

    def gone(self) -> Iterator[pa.RecordBatch]:
        """The same of the keys whose row is gone from the source."""
        return self._batches(_GONE)

    def _batches(self, query: str) -> Iterator[pa.RecordBatch]:
        reader: pa.RecordBatchReader = self._database.sql(query).to_arrow_reader(KEYS_AT_ONCE)
        yield from reader

    def _number(self, query: str) -> int:
        ((number,),) = self._database.sql(query).fetchall()
        return int(number)

    def _fill(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        self._database.register("arriving", pa.RecordBatchReader.from_batches(schema, batches))
        self._database.execute(f"create table {name} as select * from arriving")  # noqa: S608 (ours)
        self._database.unregister("arriving")


@contextmanager
def open_comparison() -> Iterator[Comparison]:
    """A comparison in a folder of its own, which is removed afterwards."""
    with TemporaryDirectory(prefix="crm-comparison-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{MEMORY_MEBIBYTES}MiB",
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "threads": 1,
        }
        with duckdb.connect(str(Path(folder) / "comparison.duckdb"), config=settings) as database:
            yield Comparison(database)
