"""A person is taken out of an event topic as far as bronze holds it; what is not there yet waits for the next run."""

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from engines import KafkaEngine

from contracts.sink_progress import PartitionProgress
from jobs.privacy.raw_topics import ErasedRecords, erase_raw_records

pytestmark = pytest.mark.engine
SUBJECT, OTHER = "12065550123", "12065550999"


def held_until(end: int) -> dict[int, PartitionProgress]:
    return {0: PartitionProgress(first=0, end=end, commit_id="test", writer="test")}


def values(kafka: KafkaEngine, topic: str) -> list[bytes | None]:
    consumer = Consumer({**kafka.client_settings(), "group.id": topic, "enable.partition.eof": True})
    first, _ = consumer.get_watermark_offsets(TopicPartition(topic, 0), 10)
    consumer.assign([TopicPartition(topic, 0, first)])
    found = []
    while (record := consumer.poll(20)) is not None and record.error() is None:
        found.append(record.value())
    consumer.close()
    return found


def test_records_that_bronze_holds_are_cut_off_and_others_wait(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name)
    producer = Producer(kafka.client_settings())
    for number in (OTHER, SUBJECT, OTHER, SUBJECT):
        producer.produce(unique_name, number.encode())
    assert producer.flush(20) == 0

    def erase(end: int) -> list[ErasedRecords]:
        return list(erase_raw_records(kafka.client_settings(), unique_name, SUBJECT, held_until(end)))

    assert erase(3) == [ErasedRecords(unique_name, 0, removed=1, not_in_bronze_yet=1)]
    # Nothing that bronze lacks is gone, nor anything behind the person's last record.
    assert values(kafka, unique_name) == [OTHER.encode(), SUBJECT.encode()]
    assert erase(4) == [ErasedRecords(unique_name, 0, removed=1, not_in_bronze_yet=0)]
    assert values(kafka, unique_name) == []
    assert erase(4) == [ErasedRecords(unique_name, 0, removed=0, not_in_bronze_yet=0)]
