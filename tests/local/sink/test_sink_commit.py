"""The commit itself, against a real catalog that loses answers, is overtaken or refuses."""

import time
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc
import pytest
from pyarrow.fs import FileSelector
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import CommitTableResponse, Table
from sink_engines import Engines
from sink_events import call_values
from sink_lab import TOPIC
from sqlalchemy.exc import OperationalError
from tenacity import stop_after_attempt

from contracts.sink_progress import KafkaIdentity, OffsetRange
from contracts.tables import BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from jobs.kafka_to_bronze.committing.commit import Committer
from jobs.kafka_to_bronze.committing.table import ensure_table
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer, PendingCommit
from jobs.kafka_to_bronze.reading.rows import BatchReader
from jobs.runtime.dead_letters import DeadLetter
from jobs.runtime.records import PartitionRun, RawBatch

pytestmark = pytest.mark.engine

IDENTITY = KafkaIdentity(TOPIC, "cluster-1", "topic-1")


class FaultyCatalog:
    """The real catalog, but `fault` happens around its next commit."""

    def __init__(self, catalog: Catalog, fault: Any) -> None:
        self._catalog = catalog
        self._fault = fault

    def load_table(self, identifier: tuple[str, str]) -> Table:
        table = self._catalog.load_table(identifier)
        return Table(table.name(), table.metadata, table.metadata_location, table.io, self)  # type: ignore[arg-type]

    def commit_table(self, table: Table, requirements: Any, updates: Any) -> CommitTableResponse:
        fault, self._fault = self._fault, None
        if fault is None:
            return self._catalog.commit_table(table, requirements, updates)
        return fault(lambda: self._catalog.commit_table(table, requirements, updates))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)


@pytest.fixture(scope="module")
def catalog(sink_engines: Engines) -> Catalog:
    return sink_engines.catalog()


@pytest.fixture
def bronze(catalog: Catalog) -> BronzeTable:
    table = BronzeTable(EVENT_MODEL_BY_TOPIC[TOPIC], f"commit_{time.time_ns()}")
    ensure_table(catalog, table, IDENTITY)
    return table


class Value:
    """A record as the client returns it."""

    def __init__(self, offset: int, value: bytes | None) -> None:
        self._offset, self._value = offset, value

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes | None:
        return self._value

    def key(self) -> None:
        return None

    def headers(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self._value or b"")


def pending(bronze: BronzeTable, start: int, end: int, partition: int = 0, bad: int | None = None) -> PendingCommit:
    records = [Value(offset, b"{" if offset == bad else call_values(1)[0]) for offset in range(start, end)]
    run = PartitionRun(partition, OffsetRange(start, end), records)
    buffer = CommitBuffer(1, 1)
    buffer.add(BatchReader(bronze).read(RawBatch((run,), 1), datetime.now(UTC)), 0.0)
    return buffer.take()


def committer(
    catalog: Any, bronze: BronzeTable, writer: str = "me", letters: list[DeadLetter] | None = None
) -> Committer:
    sent = [] if letters is None else letters
    return Committer(catalog, bronze.identifier, IDENTITY, writer, sent.extend, stop_after_attempt(5))


def stored_offsets(catalog: Catalog, bronze: BronzeTable, partition: int = 0) -> list[int]:
    rows = catalog.load_table(bronze.identifier).scan().to_arrow()
    mine = rows.filter(pc.equal(rows["_kafka_partition"], partition))
    return sorted(mine["_kafka_offset"].to_pylist())


def data_files_in_store(catalog: Catalog, bronze: BronzeTable) -> int:
    table = catalog.load_table(bronze.identifier)
    filesystem = table.io.fs_by_scheme("s3", None)
    found = filesystem.get_file_info(FileSelector(f"{table.location().removeprefix('s3://')}/data", recursive=True))
    return sum(file.base_name.endswith(".parquet") for file in found)


def lost_answer(commit: Any) -> CommitTableResponse:
    commit()
    raise OperationalError("COMMIT", None, Exception("server closed the connection unexpectedly"))


def lost_request(_commit: Any) -> CommitTableResponse:
    raise OperationalError("COMMIT", None, Exception("could not connect to server"))


@pytest.mark.parametrize(("fault", "commits"), [(lost_answer, 1), (lost_request, 1)])
def test_a_lost_answer_is_looked_up_before_the_commit_is_repeated(
    fault: Any, commits: int, catalog: Catalog, bronze: BronzeTable
) -> None:
    letters: list[DeadLetter] = []

    outcome = committer(FaultyCatalog(catalog, fault), bronze, letters=letters).commit(pending(bronze, 0, 10, bad=4))

    assert outcome.retry_count == 1
    assert len(letters) == 1
    assert stored_offsets(catalog, bronze) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert len(catalog.load_table(bronze.identifier).snapshots()) == commits


def test_a_lost_answer_is_found_behind_commits_of_others(catalog: Catalog, bronze: BronzeTable) -> None:
    def lost_and_overtaken(commit: Any) -> CommitTableResponse:
        commit()
        committer(catalog, bronze, "other").commit(pending(bronze, 10, 15))
        raise OperationalError("COMMIT", None, Exception("connection reset"))

    outcome = committer(FaultyCatalog(catalog, lost_and_overtaken), bronze).commit(pending(bronze, 0, 10))

    assert outcome.fenced == []
    assert stored_offsets(catalog, bronze) == [*range(15)]


def test_a_conflict_on_another_partition_is_retried_with_the_same_files(catalog: Catalog, bronze: BronzeTable) -> None:
    def overtaken(commit: Any) -> CommitTableResponse:
        committer(catalog, bronze, "other").commit(pending(bronze, 0, 7, partition=1))
        return commit()

    outcome = committer(FaultyCatalog(catalog, overtaken), bronze).commit(pending(bronze, 0, 10))

    assert outcome.conflict_count == 1
    assert stored_offsets(catalog, bronze) == [*range(10)]
    assert stored_offsets(catalog, bronze, partition=1) == [*range(7)]
    assert data_files_in_store(catalog, bronze) == 2


def test_a_zombie_is_fenced_by_name_and_adds_only_what_is_missing(catalog: Catalog, bronze: BronzeTable) -> None:
    def overtaken(commit: Any) -> CommitTableResponse:
        committer(catalog, bronze, "successor").commit(pending(bronze, 0, 7))
        return commit()

    outcome = committer(FaultyCatalog(catalog, overtaken), bronze, "zombie").commit(pending(bronze, 0, 10))

    assert [(fenced.partition, fenced.table_end, fenced.writer) for fenced in outcome.fenced] == [(0, 7, "successor")]
    assert outcome.ends == {0: 10}
    assert stored_offsets(catalog, bronze) == [*range(10)]
    assert data_files_in_store(catalog, bronze) == 2, "the zombie's first file is removed"


def test_a_zombie_with_nothing_new_commits_nothing(catalog: Catalog, bronze: BronzeTable) -> None:
    committer(catalog, bronze, "successor").commit(pending(bronze, 0, 20))

    outcome = committer(catalog, bronze, "zombie").commit(pending(bronze, 0, 10))

    assert outcome.committed is None
    assert outcome.ends == {0: 20}
    assert len(catalog.load_table(bronze.identifier).snapshots()) == 1


def test_a_gap_is_refused(catalog: Catalog, bronze: BronzeTable) -> None:
    committer(catalog, bronze).commit(pending(bronze, 0, 5))

    outcome = committer(catalog, bronze).commit(pending(bronze, 8, 10))

    assert outcome.committed is None
    assert outcome.ends == {0: 5}
    assert stored_offsets(catalog, bronze) == [*range(5)]


def test_offsets_without_rows_are_committed_too(catalog: Catalog, bronze: BronzeTable) -> None:
    letters: list[DeadLetter] = []

    committer(catalog, bronze, letters=letters).commit(pending(bronze, 0, 1, bad=0))
    committer(catalog, bronze).commit(pending(bronze, 1, 3))

    assert [letter.record_key for letter in letters] == [f"{TOPIC}/0/0".encode()]
    assert stored_offsets(catalog, bronze) == [1, 2]


def test_a_commit_is_given_up_only_when_told_and_then_says_why(catalog: Catalog, bronze: BronzeTable) -> None:
    class Refusing(FaultyCatalog):
        def commit_table(self, table: Table, requirements: Any, updates: Any) -> CommitTableResponse:
            raise CommitFailedException("always")

    with pytest.raises(CommitFailedException, match="always"):
        committer(Refusing(catalog, None), bronze).commit(pending(bronze, 0, 5))

    assert stored_offsets(catalog, bronze) == []
