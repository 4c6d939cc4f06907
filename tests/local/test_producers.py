"""The producers as processes against a real broker: what the ledger says is what the topics hold."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from pydantic import ValidationError

from benchmarks.kafka_broker import create_topics, record_count, running_broker
from contracts.ledger import Ledger, decode_entry
from contracts.topics import EVENT_MODEL_BY_TOPIC, LEDGER_TOPIC

pytestmark = pytest.mark.engine

WAIT_SECONDS = 120
HEAP = "384m"
CDR_TOPICS = ("call_events", "sms_events", "data_session_events")
FAULTS = {"duplicate": 0.05, "late": 0.05, "out_of_order": 0.05, "malformed": 0.05}


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A broker whose ledger tells of every record, before and after each test."""
    with running_broker(HEAP) as address:
        create_topics(address, [*CDR_TOPICS, "network_probe_events", LEDGER_TOPIC], 3)
        yield address


@pytest.fixture(scope="module")
def traffic(broker: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The broker after a run of both producers."""
    folders = [tmp_path_factory.mktemp(name) for name in ("cdr", "probes")]
    probe_settings = {"kafka": {"bootstrap_servers": broker}, "seed": 1, "tower_count": 60, "duration_seconds": 4}
    with (
        running("cdr_producer", folders[0], cdr_settings(broker, duration_seconds=4)) as cdr,
        running("network_probe_producer", folders[1], {**probe_settings, "faults": FAULTS}) as probes,
    ):
        for process in (cdr, probes):
            _, errors = process.communicate(timeout=WAIT_SECONDS)
            assert process.returncode == 0, errors
    return broker


@contextmanager
def running(module: str, folder: Path, settings: dict[str, object]) -> Iterator["subprocess.Popen[str]"]:
    """A producer's process, gone at the end."""
    file = folder / "settings.json"
    file.write_text(json.dumps(settings))
    command = [sys.executable, "-m", f"jobs.producers.{module}", "--settings", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def cdr_settings(address: str, **changes: object) -> dict[str, object]:
    return {
        "kafka": {"bootstrap_servers": address},
        "seed": 4,
        "events_per_second": 1500,
        "subscriber_count": 20_000,
        "tower_count": 60,
        "faults": FAULTS,
        "frauds": {"impossible_travel": 20_000, "call_velocity": 20_000},
        **changes,
    }


def records(address: str, topic: str) -> list[tuple[bytes, bytes]]:
    """Every key and value of a topic, partition by partition."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "test", "enable.partition.eof": False})
    found: list[tuple[bytes, bytes]] = []
    try:
        partitions = consumer.list_topics(topic, timeout=WAIT_SECONDS).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
        expected, deadline = record_count(address, topic), time.monotonic() + WAIT_SECONDS
        while len(found) < expected:
            assert time.monotonic() < deadline, f"{len(found)} of {expected} records of {topic}"
            found += [(message.key(), message.value()) for message in consumer.consume(1000, 0.5)]
    finally:
        consumer.close()
    return found


def wait_for_records(address: str, topic: str, count: int, process: "subprocess.Popen[str]") -> None:
    """Until a topic has `count` records, while the process lives."""
    deadline = time.monotonic() + WAIT_SECONDS
    while record_count(address, topic) < count:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)


def ledger(address: str) -> Ledger:
    return Ledger(decode_entry(value) for _, value in records(address, LEDGER_TOPIC))


def is_malformed(topic: str, value: bytes) -> bool:
    try:
        EVENT_MODEL_BY_TOPIC[topic].model_validate(json.loads(value))
    except (ValueError, ValidationError):
        return True
    return False


def test_the_ledger_equals_the_topics(traffic: str) -> None:
    totals = ledger(traffic).totals()
    assert set(totals) == {*CDR_TOPICS, "network_probe_events"}
    for topic, counts in totals.items():
        sent = records(traffic, topic)
        assert counts.produced == len(sent) > 0
        assert counts.malformed == sum(is_malformed(topic, value) for _, value in sent)


def test_planted_frauds_are_in_the_topic_with_their_labels(traffic: str) -> None:
    calls = [
        json.loads(value) for _, value in records(traffic, "call_events") if not is_malformed("call_events", value)
    ]
    ids_by_subscriber = {(call["msisdn"], call["event_id"]) for call in calls}
    frauds = ledger(traffic).frauds()
    assert {fraud.rule for fraud in frauds} == {"impossible_travel", "call_velocity"}
    for fraud in frauds:
        assert {(fraud.msisdn, event_id) for event_id in fraud.event_ids} <= ids_by_subscriber


def test_an_empty_value_is_no_tombstone(traffic: str) -> None:
    values = [value for topic in CDR_TOPICS for _, value in records(traffic, topic)]
    assert b"" in values
    assert None not in values


def test_sigterm_flushes_and_writes_the_ledger(broker: str, tmp_path: Path) -> None:
    before = record_count(broker, "sms_events")
    with running("cdr_producer", tmp_path, cdr_settings(broker)) as process:
        wait_for_records(broker, "sms_events", before + 500, process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0, errors
    assert ledger(broker).open_runs() == ()
    totals = ledger(broker).totals()
    assert {topic: totals[topic].produced for topic in CDR_TOPICS} == {
        topic: record_count(broker, topic) for topic in CDR_TOPICS
    }


def test_a_killed_producer_leaves_an_open_run(tmp_path: Path) -> None:
    with running_broker(HEAP) as own_broker:
        create_topics(own_broker, [*CDR_TOPICS, LEDGER_TOPIC], 3)
        with running("cdr_producer", tmp_path, cdr_settings(own_broker)) as process:
            wait_for_records(own_broker, LEDGER_TOPIC, 1, process)
            process.kill()
            process.communicate(timeout=WAIT_SECONDS)
        (open_run,) = ledger(own_broker).open_runs()
        assert open_run[0] == "cdr-producer"
        said = ledger(own_broker).totals()
        assert said
        for topic, counts in said.items():
            assert 0 < counts.produced <= record_count(own_broker, topic)


def test_a_lost_record_is_fatal_and_names_the_topic(tmp_path: Path) -> None:
    missing = ("call_events", "data_session_events")
    with running_broker(HEAP) as own_broker:
        create_topics(own_broker, [topic for topic in (*CDR_TOPICS, LEDGER_TOPIC) if topic not in missing], 3)
        with running("cdr_producer", tmp_path, cdr_settings(own_broker)) as process:
            _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 1
    assert "DeliveryFailedError" in errors
    assert any(topic in errors for topic in missing)


def history_settings(address: str, **changes: object) -> dict[str, object]:
    history = {"start_time": "P2D", "events_per_second": 0.05, "load_curve": "diurnal", "user_count": 50}
    return cdr_settings(address, frauds={}, faults={}, **(history | changes))


def test_a_history_is_in_the_ledger_and_repeats_its_events_when_it_is_sent_again(tmp_path: Path) -> None:
    with running_broker(HEAP) as own_broker:
        create_topics(own_broker, [*CDR_TOPICS, LEDGER_TOPIC], 3)
        sent: list[list[tuple[bytes, bytes]]] = []
        for _ in range(2):
            with running("cdr_history_producer", tmp_path, history_settings(own_broker)) as process:
                _, errors = process.communicate(timeout=WAIT_SECONDS)
            assert process.returncode == 0, errors
            sent.append([record for topic in CDR_TOPICS for record in records(own_broker, topic)])
        said = ledger(own_broker)
    first, both = sent
    assert len(set(first)) == len(first) > 5000
    # What happened between the two is the only news.
    assert len(set(both)) - len(first) < 50
    assert said.open_runs() == ()
    assert sum(counts.produced for counts in said.totals().values()) == len(both)


def test_a_history_that_is_stopped_has_not_succeeded_but_is_accounted_for(tmp_path: Path) -> None:
    with running_broker(HEAP) as own_broker:
        create_topics(own_broker, [*CDR_TOPICS, LEDGER_TOPIC], 3)
        with running("cdr_history_producer", tmp_path, history_settings(own_broker, speed=3600)) as process:
            wait_for_records(own_broker, "sms_events", 10, process)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=WAIT_SECONDS)
        said = ledger(own_broker)
        sent = sum(record_count(own_broker, topic) for topic in CDR_TOPICS)
    assert process.returncode == 1
    assert "StoppedEarlyError" in errors
    assert said.open_runs() == ()
    assert sum(counts.produced for counts in said.totals().values()) == sent > 0
