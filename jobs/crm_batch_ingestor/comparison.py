"""What differs between the source's rows and the newest entries of bronze: DuckDB compares them on the local disk.

Every row of the source is compared with the newest entry of its key, whatever `updated_at` says: a row is new if its
digest is another one, or if the newest entry is a tombstone, or if there is none. A key is gone if its newest entry is
a row and the source has none. So after a run each key's newest entry is what the source had in the run's snapshot.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
select key, digest, is_deleted, effective_at from entries
where not exists (from rewritten where rewritten.key = entries.key and rewritten.newest_at > entries.ingested_at)
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
where not newest.is_deleted
order by newest.key
"""


class AmbiguousKeyError(Exception):
    """The source has two rows of one key, so that neither is the key's present version."""


class Comparison:
    """The two sides, on disk; memory is bounded by `MEMORY_MEBIBYTES` and one batch."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self._database = database

    def load(self, digests: Iterable[pa.RecordBatch], entries: Iterable[pa.RecordBatch]) -> None:
        """Take in all rows of the source and all entries of bronze. Raises `AmbiguousKeyError`."""
        self._fill("digests", DIGESTS, digests)
        self._fill("entries", ENTRIES, entries)
        twice = self._database.sql("select key from digests group by key having count(*) > 1 limit 5").fetchall()
        if twice:
            raise AmbiguousKeyError(f"the source has several rows of the keys {', '.join(key for (key,) in twice)}")
        self._database.execute(_NEWEST)

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
