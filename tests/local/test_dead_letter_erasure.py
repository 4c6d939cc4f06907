"""A person is taken out of a dead-letter topic; everybody else's letters stay, with key and headers."""

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from engines import KafkaEngine

from jobs.privacy.dead_letters import erase_dead_letters

pytestmark = pytest.mark.engine
SUBJECT, OTHER = "12065550123", "12065550999"


def letters(kafka: KafkaEngine, topic: str) -> list[tuple[bytes, bytes, object]]:
    consumer = Consumer({**kafka.client_settings(), "group.id": topic, "enable.partition.eof": True})
    first, _ = consumer.get_watermark_offsets(TopicPartition(topic, 0), 10)
    consumer.assign([TopicPartition(topic, 0, first)])
    found = []
    while (record := consumer.poll(20)) is not None and record.error() is None:
        found.append((record.key(), record.value(), record.headers()))
    consumer.close()
    return found


def test_only_the_persons_letters_are_gone(kafka: KafkaEngine, unique_name: str) -> None:
    kafka.create_topic(unique_name)
    producer = Producer(kafka.client_settings())
    headers = [("telecom.reason", b"malformed")]
    for offset, number in enumerate((OTHER, SUBJECT, OTHER)):
        producer.produce(
            unique_name, f'{{"msisdn":"{number}"'.encode(), f"call_events/0/{offset}".encode(), headers=headers
        )
    assert producer.flush(20) == 0

    (done,) = erase_dead_letters(kafka.client_settings(), unique_name, SUBJECT)
    assert (done.removed, done.kept) == (1, 2)
    left = letters(kafka, unique_name)
    assert [key for key, _, _ in left] == [b"call_events/0/0", b"call_events/0/2"]
    assert all(SUBJECT.encode() not in value for _, value, _ in left)
    assert all(found == headers for _, _, found in left)
    (again,) = erase_dead_letters(kafka.client_settings(), unique_name, SUBJECT)
    assert (again.removed, again.kept) == (0, 2)
