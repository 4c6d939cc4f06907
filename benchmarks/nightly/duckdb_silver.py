"""The peer: DuckDB does silver's work on the same Parquet files, copied to a local disk first.

It judges each row by the same checks (without the check digit of the IMEI, for which it has no function), keeps the
first arrival of each event, makes keyed digests of phone numbers, and writes Parquet (zstd) by event day. It has no
HMAC: two nested SHA-256 with the key are the same work.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pyiceberg.table import Table

MEMORY_LIMIT = "1GB"
THREADS = 2
_ARRIVAL = "_bronze_ingested_at, _kafka_partition, _kafka_offset"
_KEY = "0123456789abcdef0123456789abcdef"
_CHECKS = (
    "length(event_id) > 0",
    "event_time between timestamptz '2000-01-01 00:00:00+00' and _bronze_ingested_at + interval 1 day",
    "length(msisdn) between 7 and 15 and trim(msisdn, '0123456789') = '' and msisdn >= '1'",
    "length(imsi) = 15 and trim(imsi, '0123456789') = ''",
    "length(imei) = 15 and trim(imei, '0123456789') = ''",
    "latitude between -90 and 90 and longitude between -180 and 180",
    "revenue_usd >= 0",
)
_CHECKS_OF_TOPIC = {
    "call_events": (
        "length(called_msisdn) between 3 and 15 and trim(called_msisdn, '0123456789') = ''",
        "duration_seconds >= 0",
        "end_time >= start_time",
    ),
    "sms_events": (
        "length(other_msisdn) between 3 and 15 and trim(other_msisdn, '0123456789') = ''",
        "part_count > 0",
    ),
    "data_session_events": ("duration_seconds >= 0", "end_time >= start_time", "bytes_up >= 0 and bytes_down >= 0"),
}
_NUMBERS_OF_TOPIC = {
    "call_events": ("msisdn", "called_msisdn"),
    "sms_events": ("msisdn", "other_msisdn"),
    "data_session_events": ("msisdn",),
}
TOPICS = tuple(_CHECKS_OF_TOPIC)


@dataclass(frozen=True)
class Peer:
    """What DuckDB did."""

    rows: int
    seconds: float


def silver_by_duckdb(topic: str, table: Table, folder: Path) -> Peer:
    """Make silver of a bronze table in `folder`; copying the files is not counted."""
    bronze, silver = folder / topic / "bronze", folder / topic / "silver"
    bronze.mkdir(parents=True)
    for number, task in enumerate(table.scan().plan_files()):
        with table.io.new_input(task.file.file_path).open() as source:
            (bronze / f"{number}.parquet").write_bytes(source.read())
    database = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": THREADS})
    database.execute(f"set temp_directory = '{folder / topic / 'spill'}'; set timezone = 'UTC'")
    started = time.monotonic()
    database.execute(
        f"copy ({_silver(topic, bronze)}) to '{silver}' (format parquet, compression zstd, partition_by (event_date))"
    )
    seconds = time.monotonic() - started
    (rows,) = database.sql(f"select count(*) from '{silver}/**/*.parquet'").fetchall()[0]
    database.close()
    return Peer(rows, seconds)


def _silver(topic: str, bronze: Path) -> str:
    tokens = ", ".join(
        f"sha256('{_KEY}' || sha256('{_KEY}' || {number})) as {number}_token" for number in _NUMBERS_OF_TOPIC[topic]
    )
    checks = " and ".join(f"({check})" for check in (*_CHECKS, *_CHECKS_OF_TOPIC[topic]))
    return (
        f"select *, {tokens}, cast(event_time as date) as event_date from '{bronze}/*.parquet' where {checks}"
        f" qualify row_number() over (partition by event_id order by {_ARRIVAL}) = 1"
    )
