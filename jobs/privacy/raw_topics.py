"""Takes a person out of the topics that events arrive on.

Kafka deletes records only from a partition's beginning, and events must not be copied: the sink would count them twice.
So a partition is cut off behind the person's last record that bronze holds; records of others before it are in bronze
too. What bronze lacks yet is left, counted, and erased by the next run. Consumers cannot read what is cut off; the
broker removes the bytes with the segment that holds them. A consumer that has not come as far as the cut (fraud
detection after a long outage) goes on behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, TopicPartition

from contracts.erasure import ERASURE_GROUP
from contracts.sink_progress import Progress
from jobs.privacy.dead_letters import cut_off

TIMEOUT_SECONDS = 30.0


class RawTopicErasureError(Exception):
    """Kafka did not answer; the partition in question is as it was."""


@dataclass(frozen=True)
class ErasedRecords:
    """What was done to one partition: the person's records cut off, and those that are not in bronze yet."""

    topic: str
    partition: int
    removed: int
    not_in_bronze_yet: int


def erase_raw_records(
    config: Mapping[str, str], topic: str, msisdn: str, in_bronze: Progress
) -> Iterator[ErasedRecords]:
    """Cut off each partition of `topic` behind its last record that holds `msisdn` and is in bronze.

    `config` is librdkafka's connection, `in_bronze` what the topic's bronze table says it holds. Raises
    `RawTopicErasureError`.
    """
    reading = {"group.id": ERASURE_GROUP, "enable.auto.commit": "false", "enable.partition.eof": "true"}
    consumer = Consumer({**config, **reading})
    try:
        for partition in sorted(consumer.list_topics(topic, TIMEOUT_SECONDS).topics[topic].partitions):
            place = TopicPartition(topic, partition)
            held_until = in_bronze[partition].end if partition in in_bronze else 0
            found = list(_offsets_with(consumer, place, msisdn.encode()))
            held = [offset for offset in found if offset < held_until]
            if held:
                cut_off(config, TopicPartition(topic, partition, held[-1] + 1))
            yield ErasedRecords(topic, partition, len(held), len(found) - len(held))
    finally:
        consumer.close()


def _offsets_with(consumer: Consumer, place: TopicPartition, needle: bytes) -> Iterator[int]:
    first, _ = consumer.get_watermark_offsets(place, TIMEOUT_SECONDS)
    consumer.assign([TopicPartition(place.topic, place.partition, first)])
    while True:
        record = consumer.poll(TIMEOUT_SECONDS)
        if record is None:
            raise RawTopicErasureError(
                f"no record of {place.topic}/{place.partition} for {TIMEOUT_SECONDS:.0f} s; run it again."
            )
        if error := record.error():
            if error.code() == KafkaError._PARTITION_EOF:
                return
            raise RawTopicErasureError(f"reading {place.topic}/{place.partition}: {error}; run it again.")
        if needle in (record.value() or b"") or needle in (record.key() or b""):
            yield record.offset() or 0
