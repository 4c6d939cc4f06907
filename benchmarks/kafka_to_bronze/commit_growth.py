"""Does a commit get slower as a table collects snapshots and manifests?"""

import statistics
import time
from datetime import UTC, datetime

from pyiceberg.catalog import Catalog
from tenacity import stop_after_attempt

from benchmarks.kafka_to_bronze.events import event_pool
from contracts.sink_progress import KafkaIdentity, OffsetRange
from contracts.tables import BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from jobs.kafka_to_bronze.committing.commit import Committer
from jobs.kafka_to_bronze.committing.table import ensure_table
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer
from jobs.kafka_to_bronze.reading.rows import BatchReader
from jobs.runtime.records import PartitionRun, RawBatch

WINDOW = 25


def commit_growth(catalog: Catalog, namespace: str, topic: str, commits: int) -> dict[str, float]:
    """Median seconds of the first and the last commits of a table, each of ten rows."""
    bronze = BronzeTable(EVENT_MODEL_BY_TOPIC[topic], namespace)
    identity = KafkaIdentity(topic, "benchmark", "benchmark")
    ensure_table(catalog, bronze, identity)
    committer = Committer(
        catalog, bronze.identifier, identity, "benchmark", lambda _letters: None, stop_after_attempt(3)
    )
    reader, values, seconds = BatchReader(bronze), event_pool()[:10], []
    for number in range(commits):
        covered = OffsetRange(10 * number, 10 * number + 10)
        buffer = CommitBuffer(1, 1)
        buffer.add(
            reader.read(RawBatch((PartitionRun(0, covered, _records(covered, values)),), 1), datetime.now(UTC)), 0
        )
        started = time.monotonic()
        committer.commit(buffer.take())
        seconds.append(time.monotonic() - started)
    return {
        "commits": commits,
        "first_median_seconds": statistics.median(seconds[:WINDOW]),
        "last_median_seconds": statistics.median(seconds[-WINDOW:]),
        "longest_seconds": max(seconds),
    }


def _records(covered: OffsetRange, values: list[bytes]) -> list["_Record"]:
    return [_Record(offset, value) for offset, value in zip(range(covered.start, covered.end), values, strict=True)]


class _Record:
    def __init__(self, offset: int, value: bytes) -> None:
        self._offset, self._value = offset, value

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes:
        return self._value

    def key(self) -> None:
        return None

    def headers(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self._value)
