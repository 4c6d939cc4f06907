"""Faults that are not crashes: bad records, lost answers, zombies, a Kafka that was rebuilt, logs cut by retention."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.compute as pc
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import CommitTableResponse, Table
from sink_engines import TOPIC, Engines, SinkLab, running_engines, wait_until
from sink_events import call_event, call_values
from sqlalchemy.exc import OperationalError
from tenacity import stop_after_attempt

from contracts import dead_letters as names
from contracts.sink_progress import KafkaIdentity, OffsetRange
from contracts.tables import BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from jobs.kafka_to_bronze.buffer import CommitBuffer, PendingCommit
from jobs.kafka_to_bronze.commit import Committer
from jobs.kafka_to_bronze.dead_letters import DeadLetter
from jobs.kafka_to_bronze.records import PartitionRun, RawBatch
from jobs.kafka_to_bronze.rows import BatchReader
from jobs.kafka_to_bronze.table import ensure_table

pytestmark = pytest.mark.engine

IDENTITY = KafkaIdentity(TOPIC, "cluster-1", "topic-1")


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    with running_engines() as running:
        yield running


@pytest.fixture
def lab(engines: Engines, tmp_path: Path) -> Iterator[SinkLab]:
    lab = SinkLab(engines, tmp_path, f"fault_{time.time_ns()}")
    lab.recreate_topic()
    yield lab
    lab.stop_sinks()


def run_tool(lab: SinkLab, module: str, *arguments: str) -> str:
    """Run one of the sink's commands; its log."""
    command = [sys.executable, "-m", f"jobs.kafka_to_bronze.{module}", "--settings", str(lab.settings_file())]
    done = subprocess.run(
        [*command, "--topic", TOPIC, *arguments],
        env=lab.environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


# --- Bad records, dead letters, replay ---


def test_bad_records_become_dead_letters_and_are_replayed_once_after_a_fix(lab: SinkLab) -> None:
    padded = b"\xef\xbb\xbf" + orjson.dumps(call_event(event_id="padded"))
    newer = orjson.dumps(call_event(schema_version=99))
    lab.produce([*call_values(500), padded, None, newer, b"{", *call_values(500)])
    lab.start_sink()
    lab.wait_until_committed()

    letters = {message.value(): dict(message.headers()) for message in lab.dead_letters()}
    assert letters.keys() == {padded, None, newer, b"{"}
    assert letters[newer][names.REASON_HEADER] == b"unsupported_schema_version"
    assert letters[newer][names.KEY_HEADER] == b"502"
    assert b"Upgrade the sink" in letters[newer][names.ERROR_HEADER]
    lab.assert_exactly_once(refused=4)

    assert '"replayed": {"unparseable": 2}' in run_tool(
        lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable", "--dry-run"
    )
    run_tool(lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable")
    wait_until(lambda: len(lab.dead_letters()) == 5, "what could not be cured is a dead letter again")

    again = lab.dead_letters()[-1]
    headers = dict(again.headers())
    origin = next(message for message in lab.dead_letters() if message.value() == b"{")
    assert again.value() == b"{"
    assert headers[names.REPLAYED_FROM_HEADER] == origin.key()
    assert headers[names.FIRST_SEEN_HEADER] == dict(origin.headers())[names.FIRST_SEEN_HEADER]
    rows = lab.table().scan(row_filter="event_id == 'padded'").to_arrow()
    assert rows.num_rows == 1

    second = run_tool(lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable", "--dry-run")
    assert '"replayed": {"unparseable": 1}' in second, "only the letter that came after the first replay is left"


def test_fields_outside_the_contract_are_kept(lab: SinkLab) -> None:
    lab.produce([*call_values(10), *call_values(5, slice_id="urllc")])
    lab.start_sink(METRICS_PORT="0")
    lab.wait_until_committed()

    unknown = lab.table().scan(selected_fields=("_unknown_fields",)).to_arrow().column(0)
    assert Counter(unknown.to_pylist()) == {None: 10, '{"slice_id":"urllc"}': 5}


def test_one_percent_of_bad_records_costs_no_good_one(lab: SinkLab) -> None:
    lab.produce([b'{"event_id":' if number % 100 == 7 else value for number, value in enumerate(call_values(10_000))])
    lab.start_sink()
    lab.wait_until_committed()

    lab.assert_exactly_once(refused=100)


# --- Another Kafka than the table was filled from, or less of it ---


def test_a_recreated_topic_is_noticed_and_goes_on_only_when_accepted(lab: SinkLab) -> None:
    lab.produce(call_values(1_000))
    lab.start_sink()
    lab.wait_until_committed()
    lab.stop_sinks()
    lab.recreate_topic()
    lab.produced.clear()
    lab.produce(call_values(3_000))

    refused = lab.start_sink()
    assert refused.wait() == 1
    assert any(record.get("error") == "RebuiltKafkaError" for record in refused.log())
    assert len(lab.stored_positions()) == 1_000

    run_tool(lab, "accept_loss")
    lab.start_sink()
    lab.wait_until_committed()
    assert len(lab.stored_positions()) == 4_000


def test_records_deleted_by_retention_are_a_named_error_and_never_a_silent_hole(lab: SinkLab) -> None:
    lab.produce(call_values(900))
    lab.start_sink()
    lab.wait_until_committed()
    lab.stop_sinks()
    lab.produce(call_values(900))
    admin = AdminClient({"bootstrap.servers": lab.engines.bootstrap_servers})
    for deletion in admin.delete_records([TopicPartition(TOPIC, 0, 400)]).values():
        deletion.result(20)

    refused = lab.start_sink()
    assert refused.wait() == 1
    fatal = next(record for record in refused.log() if record.get("error") == "RetentionLossError")
    assert "100 records were deleted" in str(fatal["message"])

    run_tool(lab, "accept_loss")
    lab.start_sink()
    lab.wait_until_committed()
    lab.produced -= {(0, offset) for offset in range(300, 400)}
    lab.assert_exactly_once()


# --- Zombies and replicas ---


def test_a_sink_that_was_frozen_while_another_took_over_is_harmless(lab: SinkLab) -> None:
    lab.commit_interval_seconds = 3.0
    frozen = lab.start_sink()
    wait_until(lambda: frozen.has_logged("assigned"), "the first sink has its partitions")
    lab.produce(call_values(5_000))
    time.sleep(1)  # read, not committed yet; nothing outside tells
    os.kill(frozen.process.pid, signal.SIGSTOP)
    lab.start_sink()
    lab.wait_until_committed()
    os.kill(frozen.process.pid, signal.SIGCONT)
    lab.produce(call_values(5_000))
    lab.wait_until_committed()

    wait_until(lambda: frozen.has_logged("fenced") or frozen.has_logged("lost"), "the frozen sink noticed")
    lab.assert_exactly_once()


def test_transaction_markers_and_aborted_records_are_no_gap(lab: SinkLab) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": lab.engines.bootstrap_servers, "transactional.id": lab.name})
    producer.init_transactions(30)
    for outcome in ("commit", "abort", "commit"):
        producer.begin_transaction()
        for value in call_values(100):
            producer.produce(TOPIC, value, partition=0)
        producer.flush(30)
        producer.commit_transaction(30) if outcome == "commit" else producer.abort_transaction(30)
    lab.start_sink()
    wait_until(lambda: lab.table_ends().get(0, 0) >= 302, "everything is read")

    offsets = sorted(offset for _, offset in lab.stored_positions())
    assert offsets == [*range(100), *range(202, 302)]


def test_the_consumer_group_is_told_afterwards(lab: SinkLab) -> None:
    lab.produce(call_values(300))
    sink = lab.start_sink()
    lab.wait_until_committed()
    sink.terminate()

    consumer = Consumer({"bootstrap.servers": lab.engines.bootstrap_servers, "group.id": lab.name})
    committed = consumer.committed([TopicPartition(TOPIC, partition) for partition in range(3)], timeout=20)
    consumer.close()
    assert {hint.partition: hint.offset for hint in committed} == lab.table_ends()


# --- The commit itself, with a catalog that loses answers ---


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
def catalog(engines: Engines) -> Catalog:
    return engines.catalog()


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
    from pyarrow.fs import FileSelector

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
