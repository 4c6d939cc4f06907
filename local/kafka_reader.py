"""Reads whole topics as a component of the pipeline; by default its auditor: ledger, dead letters, never an event."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from contracts.environment import KAFKA_PASSWORD
from contracts.settings import KafkaConnection
from jobs.runtime.kafka import client_config
from local.errors import LocalError
from local.files import write_atomically
from operators.telecom_pipeline import names
from operators.telecom_pipeline.cluster import Cluster
from operators.telecom_pipeline.manifest import Kind, Ref

ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.5
BATCH_RECORDS = 5_000


class KafkaReadError(LocalError):
    """Kafka, or the right to read from it, is not there (yet)."""


class KafkaReader:
    """Reads with the credentials that the cluster made for a component of the pipeline. Close it after use."""

    def __init__(
        self, cluster: Cluster, namespace: str, pipeline: str, scratch: Path, component: str = names.AUDITOR
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._pipeline = pipeline
        self._scratch = scratch
        self._component = component
        self._consumer = self._connect()

    def close(self) -> None:
        """End the connection."""
        self._consumer.close()

    def records(self, topic: str) -> Iterator[Message]:
        """All records of a topic, up to its end at the time of the call. Raises `KafkaReadError`."""
        ends = self._ends(topic)
        self._consumer.assign([TopicPartition(topic, partition, low) for partition, (low, _) in ends.items()])
        unread = set(ends)
        while unread:
            messages = self._consumer.consume(BATCH_RECORDS, timeout=ANSWER_SECONDS)
            if not messages:
                raise self._error(f"read topic {topic}", f"no answer within {ANSWER_SECONDS:.0f} s")
            for message in messages:
                if (error := message.error()) is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    unread.discard(message.partition())
                else:
                    raise self._error(f"read topic {topic}", error.str())

    def follow(self, topic: str) -> Iterator[Message]:
        """All records of a topic and then those to come, for as long as the caller asks. Raises `KafkaReadError`."""
        ends = self._ends(topic)
        self._consumer.assign([TopicPartition(topic, partition, low) for partition, (low, _) in ends.items()])
        while True:
            message = self._consumer.poll(POLL_SECONDS)
            error = message.error() if message else None
            if message is not None and error is None:
                yield message
            elif error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise self._error(f"read topic {topic}", error.str())

    def record_count(self, topic: str) -> int:
        """Records that were ever written to a topic without transactions: the sum of its end offsets."""
        return sum(high for _, high in self._ends(topic).values())

    def _ends(self, topic: str) -> dict[int, tuple[int, int]]:
        metadata = self._consumer.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic]
        if metadata.error is not None:
            raise self._error(f"look up topic {topic}", metadata.error.str())
        return {
            partition: self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=ANSWER_SECONDS)
            for partition in metadata.partitions
        }

    def _connect(self) -> Consumer:
        user = names.component(self._pipeline, self._component)
        connection = KafkaConnection(
            bootstrap_servers=self._bootstrap_servers(), username=user, ca_file=self._authority_file()
        )
        password = self._secret_value(user, "password")
        if password is None:
            raise self._error("read from Kafka", f"user {user} has no password yet")
        config = client_config(connection, {**os.environ, KAFKA_PASSWORD: password.decode()})
        group = names.consumer_group(self._pipeline, self._component)
        # Level 2: failures come back as errors of the calls; a connection that we close ourselves is none.
        reading = {"group.id": group, "enable.auto.commit": False, "enable.partition.eof": True, "log_level": 2}
        return Consumer({**config, **reading})

    def _bootstrap_servers(self) -> str:
        kafka = self._cluster.get(Ref(names.KAFKA, self._namespace, names.kafka(self._pipeline)))
        listeners = (kafka or {}).get("status", {}).get("listeners", [])
        if not listeners:
            raise self._error("read from Kafka", f"Kafka {self._namespace}/{self._pipeline} is not up")
        return str(listeners[0]["bootstrapServers"])

    def _authority_file(self) -> Path | None:
        certificate = self._secret_value(names.cluster_ca_secret(self._pipeline), "ca.crt")
        if certificate is None:
            return None
        file = self._scratch / f"{self._pipeline}-ca.crt"
        write_atomically(file, certificate.decode())
        return file

    def _secret_value(self, name: str, key: str) -> bytes | None:
        secret = self._cluster.get(Ref(Kind("v1", "Secret"), self._namespace, name))
        encoded = (secret or {}).get("data", {}).get(key)
        return base64.b64decode(encoded) if encoded else None

    def _error(self, tried: str, why: str) -> KafkaReadError:
        return KafkaReadError(tried, why, "telecom status")
