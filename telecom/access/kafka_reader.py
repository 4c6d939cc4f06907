"""Reads whole topics as a component of the pipeline.

By default that is the auditor, which may read the ledger and dead letters but no events.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, Message, TopicPartition

from jobs.runtime.kafka import client_config
from local.errors import LocalError
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from telecom.access.kafka_login import KafkaLogin, kafka_login

ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.5
BATCH_SECONDS = 0.1
BATCH_RECORDS = 5_000


class KafkaReadError(LocalError):
    """Kafka does not answer, or does not let us read."""


class KafkaReader:
    """Reads with the credentials of a component of the pipeline. Close it after use."""

    def __init__(
        self, cluster: Cluster, namespace: str, pipeline: str, scratch: Path, component: str = names.AUDITOR
    ) -> None:
        login = kafka_login(cluster, namespace, pipeline, component, scratch)
        self._consumer = _connect(login, names.consumer_group(pipeline, component))

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def records(self, topic: str) -> Iterator[Message]:
        """All records of a topic, up to its end at the time of the call. Raises `KafkaReadError`."""
        unread = self._assign_from_start(topic)
        deadline = time.monotonic() + ANSWER_SECONDS
        while unread:
            # A call returns with a full batch or at its timeout, so reading the end of a topic takes that long too.
            messages = self._consumer.consume(BATCH_RECORDS, timeout=BATCH_SECONDS)
            if messages:
                deadline = time.monotonic() + ANSWER_SECONDS
            elif time.monotonic() > deadline:
                raise _error(f"read topic {topic}", f"no answer within {ANSWER_SECONDS:.0f} s")
            for message in messages:
                if (error := message.error()) is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    unread.discard(message.partition())
                else:
                    raise _error(f"read topic {topic}", error.str())
        # While assigned, the consumer waits for more records on the connection that its next request needs.
        self._consumer.unassign()

    def follow(self, topic: str, is_over: Callable[[], bool] = lambda: False) -> Iterator[Message]:
        """All records of a topic, then new ones as they arrive, until `is_over`. Raises `KafkaReadError`."""
        self._assign_from_start(topic)
        while not is_over():
            message = self._consumer.poll(POLL_SECONDS)
            error = message.error() if message else None
            if message is not None and error is None:
                yield message
            elif error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise _error(f"read topic {topic}", error.str())

    def record_count(self, topic: str) -> int:
        """Records ever written to a topic: the sum of its end offsets, which also counts markers of transactions."""
        return sum(self.end_offsets(topic).values())

    def end_offsets(self, topic: str) -> dict[int, int]:
        """Offset that the next record of each partition will get. Raises `KafkaReadError`."""
        return self._offsets(topic, OFFSET_END)

    def _assign_from_start(self, topic: str) -> set[int]:
        """Begin with the first record of each partition. Returns the partitions."""
        first = self._offsets(topic, OFFSET_BEGINNING)
        self._consumer.assign([TopicPartition(topic, partition, offset) for partition, offset in first.items()])
        return set(first)

    def _offsets(self, topic: str, where: int) -> dict[int, int]:
        """One request for all partitions; one for each would take as many round trips."""
        metadata = self._consumer.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic]
        if metadata.error is not None:
            raise _error(f"look up topic {topic}", metadata.error.str())
        asked = [TopicPartition(topic, partition, where) for partition in metadata.partitions]
        answered = self._consumer.offsets_for_times(asked, timeout=ANSWER_SECONDS)
        for each in answered:
            if each.error is not None:
                raise _error(f"look up the offsets of topic {topic}", each.error.str())
        return {each.partition: each.offset for each in answered}


def _connect(login: KafkaLogin, group: str) -> Consumer:
    config = client_config(login.connection, login.credentials)
    reading = {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        # How long the broker waits for more records before it reports the end of a topic.
        "fetch.wait.max.ms": 50,
        # Level 2, because calls report failures as errors; a connection that we close ourselves is not a failure.
        "log_level": 2,
    }
    return Consumer({**config, **reading})


def _error(tried: str, why: str) -> KafkaReadError:
    return KafkaReadError(tried, why, "telecom status")
