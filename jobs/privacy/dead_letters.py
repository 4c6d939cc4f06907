"""Takes a person out of dead-letter topics.

Kafka deletes records only from a partition's beginning. So the records of a partition that holds the
person are copied behind its end, without those of the person, and the partition is then cut off before the copies.
After a kill in between, the kept records are there twice; their key (`<topic>/<partition>/<offset>` of the origin)
shows it, and the next run removes the first copies.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.erasure import ERASURE_GROUP

TIMEOUT_SECONDS = 30.0


class DeadLetterErasureError(Exception):
    """Kafka did not answer; nothing was cut off."""


@dataclass(frozen=True)
class ErasedDeadLetters:
    """What was done to one partition of a dead-letter topic."""

    topic: str
    partition: int
    removed: int
    kept: int


def erase_dead_letters(config: Mapping[str, str], topic: str, msisdn: str) -> Iterator[ErasedDeadLetters]:
    """Remove records of `topic` whose value or key holds `msisdn`, partition by partition.

    `config` is librdkafka's connection. Raises `DeadLetterErasureError`.
    """
    consumer = Consumer({**config, "group.id": ERASURE_GROUP, "enable.auto.commit": "false"})
    try:
        metadata = consumer.list_topics(topic, TIMEOUT_SECONDS).topics[topic]
        for partition in sorted(metadata.partitions):
            yield _erase_partition(consumer, config, TopicPartition(topic, partition), msisdn.encode())
    finally:
        consumer.close()


def _erase_partition(
    consumer: Consumer, config: Mapping[str, str], place: TopicPartition, needle: bytes
) -> ErasedDeadLetters:
    first, end = consumer.get_watermark_offsets(place, TIMEOUT_SECONDS)
    records = list(_records(consumer, place, first, end))
    kept = [record for record in records if not _mentions(record, needle)]
    removed = len(records) - len(kept)
    if removed:
        _copy_behind_the_end(config, place, kept)
        cut_off(config, TopicPartition(place.topic, place.partition, end))
    return ErasedDeadLetters(place.topic, place.partition, removed, len(kept))


def _records(consumer: Consumer, place: TopicPartition, first: int, end: int) -> Iterator[Message]:
    if first == end:
        return
    consumer.assign([TopicPartition(place.topic, place.partition, first)])
    position = first
    while position < end:
        record = consumer.poll(TIMEOUT_SECONDS)
        if record is None or record.error():
            reason = record.error() if record else f"no record for {TIMEOUT_SECONDS:.0f} s"
            raise DeadLetterErasureError(
                f"reading {place.topic}/{place.partition} at {position}: {reason}; run it again."
            )
        position = (record.offset() or 0) + 1
        if position <= end:
            yield record


def _mentions(record: Message, needle: bytes) -> bool:
    return needle in (record.value() or b"") or needle in (record.key() or b"")


def _copy_behind_the_end(config: Mapping[str, str], place: TopicPartition, records: list[Message]) -> None:
    producer = Producer({**config, "enable.idempotence": "true"})
    for record in records:
        producer.produce(place.topic, record.value(), record.key(), place.partition, headers=record.headers() or [])
    if producer.flush(TIMEOUT_SECONDS):
        raise DeadLetterErasureError(f"Kafka did not take all kept records of {place.topic}; nothing was cut off.")


def cut_off(config: Mapping[str, str], end: TopicPartition) -> None:
    """Delete the partition's records before `end`. Raises `KafkaException`."""
    # Held by a name: futures of a client that is collected never complete.
    admin = AdminClient(dict(config))
    for done in admin.delete_records([end]).values():
        done.result(TIMEOUT_SECONDS)
