"""Faults that are not crashes: bad records, zombies, a Kafka that was rebuilt, logs cut by retention."""

import os
import signal
import subprocess
import sys
from collections import Counter

import orjson
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from sink_engines import wait_until
from sink_events import call_event, call_values, size_of
from sink_lab import TOPIC, SinkLab

from contracts import dead_letters as names
from contracts.sink_progress import epochs_of
from jobs.nightly.gates.judging.completeness import commits_of, outstanding_dead_letters

pytestmark = pytest.mark.engine


def run_tool(lab: SinkLab, module: str, *arguments: str) -> str:
    """Run one of the sink's commands; its log."""
    command = [sys.executable, "-m", f"jobs.kafka_to_bronze.tools.{module}", "--settings", str(lab.settings_file())]
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


def cured_rows(lab: SinkLab) -> int:
    return int(lab.table().scan(row_filter="event_id == 'padded'").to_arrow().num_rows)


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
    assert b"Upgrade what reads the topic" in letters[newer][names.ERROR_HEADER]
    lab.assert_exactly_once(refused=4)

    first = run_tool(lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable", "--dry-run")
    assert '"replayed": {"unparseable": 2}' in first
    assert '"would be replayed"' in first
    run_tool(lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable")
    wait_until(lambda: len(lab.dead_letters()) == 5, "what could not be cured is a dead letter again")

    again = lab.dead_letters()[-1]
    headers = dict(again.headers())
    origin = next(message for message in lab.dead_letters() if message.value() == b"{")
    assert again.value() == b"{"
    assert headers[names.REPLAYED_FROM_HEADER] == origin.key()
    assert headers[names.FIRST_SEEN_HEADER] == dict(origin.headers())[names.FIRST_SEEN_HEADER]
    # Dead letters come before the commit that covers them, so the cured record's row may come after.
    wait_until(lambda: cured_rows(lab) == 1, "the cured record is a row, once")

    # Two were replayed, of which one failed again: three of four are left. The replay is a transaction with a marker.
    wait_until(
        lambda: outstanding_dead_letters(commits_of(lab.steps())) == (1006, 3), "replayed letters are discounted"
    )
    lab.produce(call_values(3))
    lab.wait_until_committed()
    lab.assert_accounted_for()
    assert sum(commit.without_record or 0 for commit in commits_of(lab.steps())) >= 1

    second = run_tool(lab, "replay_dlq", "--fix", "trim", "--reason", "unparseable", "--dry-run")
    assert '"replayed": {"unparseable": 1}' in second, "only the letter that came after the first replay is left"


def test_fields_outside_the_contract_are_kept(lab: SinkLab) -> None:
    lab.produce([*call_values(10), *call_values(5, slice_id="urllc")])
    lab.start_sink()
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

    assert '"would be accepted"' in run_tool(lab, "accept_loss", "--dry-run")
    assert lab.start_sink().wait() == 1, "a dry run changed nothing"
    run_tool(lab, "accept_loss")
    lab.start_sink()
    lab.wait_until_committed()
    assert len(lab.stored_positions()) == 4_000
    # The same positions twice, told apart by the moment from which they begin again.
    assert len(set(lab.stored_positions())) == 3_000
    (begun_again,) = epochs_of(lab.table().properties)
    arrived = lab.table().scan(selected_fields=("_bronze_ingested_at",)).to_arrow().column(0).to_pylist()
    assert sum(at < begun_again for at in arrived) == 1_000
    lab.assert_accounted_for()


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
    lab.commit_interval_seconds, lab.commit_bytes = 60.0, 1_000_000_000
    frozen = lab.start_sink()
    wait_until(lambda: frozen.has_logged("assigned"), "the first sink has its partitions")
    values = call_values(5_000)
    lab.produce(values)
    wait_until(lambda: frozen.buffered_bytes() == size_of(values), "everything is read and not committed yet")
    os.kill(frozen.process.pid, signal.SIGSTOP)
    lab.commit_interval_seconds = 0.5
    lab.start_sink()
    lab.wait_until_committed()
    os.kill(frozen.process.pid, signal.SIGCONT)
    lab.produce(call_values(5_000))
    lab.wait_until_committed()

    wait_until(lambda: frozen.has_logged("fenced"), "the frozen sink noticed that another one took over")
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
    lab.assert_accounted_for()
    assert sum(commit.without_record or 0 for commit in commits_of(lab.steps())) == 102


def test_the_consumer_group_is_told_afterwards(lab: SinkLab) -> None:
    lab.produce(call_values(300))
    sink = lab.start_sink()
    lab.wait_until_committed()
    sink.terminate()

    consumer = Consumer({"bootstrap.servers": lab.engines.bootstrap_servers, "group.id": lab.name})
    committed = consumer.committed([TopicPartition(TOPIC, partition) for partition in range(3)], timeout=20)
    consumer.close()
    assert {hint.partition: hint.offset for hint in committed} == lab.table_ends()
