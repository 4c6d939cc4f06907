"""The Kafka side of a producer: idempotent, acknowledged by all replicas; a lost record is fatal."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from contracts.ledger import LedgerEntry
from contracts.topics import LEDGER_TOPIC
from jobs.producers.sending.metrics import ProducerMetrics
from jobs.producers.traffic.records import RecordBatch

# Measured with 470-byte records (benchmarks/producers): big batches of lz4, and Python called only for failures.
CLIENT_TUNING: dict[str, Any] = {
    "enable.idempotence": True,
    "acks": "all",
    "partitioner": "murmur2_random",
    "compression.type": "lz4",
    "linger.ms": 10,
    "batch.num.messages": 50_000,
    "batch.size": 1_000_000,
    "queue.buffering.max.messages": 500_000,
    "queue.buffering.max.kbytes": 256 * 1024,
    "message.timeout.ms": 120_000,
    "delivery.report.only.error": True,
}
CONNECT_SECONDS = 30
_CHUNK_RECORDS = 5000
_FULL_QUEUE_WAIT_SECONDS = 0.02


class DeliveryFailedError(Exception):
    """The broker did not take a record within the client's retries, so what follows cannot be accounted for."""


class BrokerUnreachableError(Exception):
    """No broker answers at the given address, or it refuses the credentials."""


class Sender:
    """Sends batches and ledger entries. `flush` returns when everything sent is acknowledged, or raises."""

    def __init__(self, connection: Mapping[str, Any], metrics: ProducerMetrics) -> None:
        self._producer = Producer({**connection, **CLIENT_TUNING})
        self._servers = connection["bootstrap.servers"]
        self.metrics = metrics
        self._failure: str | None = None
        self._unacknowledged: dict[str, int] = {}
        self._written_entries: dict[bytes, bytes] = {}

    def connect(self) -> None:
        """Wait for the first answer of a broker. Raises `BrokerUnreachableError`."""
        try:
            self._producer.list_topics(timeout=CONNECT_SECONDS)
        except KafkaException as error:
            raise BrokerUnreachableError(
                f"no answer from Kafka at {self._servers} within {CONNECT_SECONDS} s: {error.args[0].str()}. "
                "Check the address (kafka.bootstrap_servers or --bootstrap-servers), the user and the CA file."
            ) from error

    def send(self, batch: RecordBatch, start: int, end: int) -> None:
        """Queue rows `start` to `end`; waits while the client's queue is full. Raises `DeliveryFailedError`."""
        for first in range(start, end, _CHUNK_RECORDS):
            last = min(first + _CHUNK_RECORDS, end)
            values = batch.values[first:last]
            pairs = zip(batch.keys[first:last], values, strict=True)
            self._queue(batch.topic, [{"key": key, "value": value} for key, value in pairs])
            self.metrics.sent.labels(batch.topic).inc(last - first)
            self.metrics.sent_bytes.labels(batch.topic).inc(sum(map(len, values)))
        self._unacknowledged[batch.topic] = self._unacknowledged.get(batch.topic, 0) + end - start

    def flush(self) -> None:
        """Wait until every record is acknowledged. Raises `DeliveryFailedError`."""
        self._producer.flush()
        self._raise_on_failure()
        for topic, count in self._unacknowledged.items():
            self.metrics.acknowledged.labels(topic).inc(count)
        self._unacknowledged.clear()

    def write_ledger(self, entries: list[LedgerEntry]) -> None:
        """Write the entries that changed since the last call, and wait for them. Raises `DeliveryFailedError`."""
        encoded = {entry.key: entry.encode() for entry in entries}
        changed = {key: value for key, value in encoded.items() if self._written_entries.get(key) != value}
        self._queue(LEDGER_TOPIC, [{"key": key, "value": value} for key, value in changed.items()])
        self.flush()
        self._written_entries.update(changed)

    def poll(self) -> None:
        """Let the client report failures. Raises `DeliveryFailedError`."""
        self._producer.poll(0)
        self._raise_on_failure()

    def _queue(self, topic: str, messages: list[dict[str, Any]]) -> None:
        while messages:
            self._producer.produce_batch(topic, messages, on_delivery=self._on_delivery)
            # The client marks what did not fit into its queue.
            messages = [message for message in messages if message.pop("_error", None) is not None]
            if messages:
                self._producer.poll(_FULL_QUEUE_WAIT_SECONDS)
            self._raise_on_failure()

    def _on_delivery(self, error: KafkaError | None, message: "Message[Any, Any]") -> None:
        if error is not None:
            self.metrics.delivery_errors.inc()
            self._failure = self._failure or f"{message.topic()}: {error.str()}"

    def _raise_on_failure(self) -> None:
        if self._failure is not None:
            raise DeliveryFailedError(
                f"Kafka did not take a record of topic {self._failure}. Check that the broker runs and that the topic "
                "and this user's right to write to it exist, then start the producer again: it opens a new account."
            )
