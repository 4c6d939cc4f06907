"""Puts the sink together from its settings."""

import time
from collections.abc import Mapping
from queue import SimpleQueue

import structlog
from confluent_kafka import Consumer, KafkaError
from prometheus_client import REGISTRY, CollectorRegistry
from pyiceberg.catalog import Catalog
from tenacity import RetryCallState
from tenacity.stop import stop_base

from contracts.settings import SinkSettings
from contracts.sink_progress import KafkaIdentity
from contracts.tables import BronzeTable
from contracts.topics import EVENT_MODEL_BY_TOPIC
from jobs.kafka_to_bronze.assignment import StartOffsets
from jobs.kafka_to_bronze.committing.commit import Committer
from jobs.kafka_to_bronze.committing.table import ensure_table
from jobs.kafka_to_bronze.metrics import SinkMetrics
from jobs.kafka_to_bronze.reading.buffer import CommitBuffer
from jobs.kafka_to_bronze.reading.kafka_topics import KafkaUnavailableError, identify_topics, log_range
from jobs.kafka_to_bronze.reading.rows import BatchReader
from jobs.kafka_to_bronze.sink import Sink
from jobs.kafka_to_bronze.topic_writer import Answer, TopicWriter
from jobs.runtime.dead_letters import DeadLetterQueue
from jobs.runtime.iceberg import UNAVAILABLE_ERRORS, open_catalog
from jobs.runtime.kafka import GROUP_MEMBERSHIP, client_config
from jobs.runtime.patience import Patience, Stop
from jobs.runtime.settings import SettingsError

# The shortest that brokers allow by default: for so long after a `kill -9`, nobody reads the partitions. A member that
# is thrown out by mistake does no harm: its commits are checked against the table.
PREFETCH_KIBIBYTES = 32 * 1024
# By default librdkafka waits a whole second once its prefetch is full; the sink empties it in a fraction of that.
FETCH_BACKOFF_MILLIS = 10
# One poll brings several mebibytes. With less room than this, each poll would pause reading, and librdkafka drops what
# it has prefetched when it pauses.
SMALLEST_BACKLOG_BYTES = 16 * 2**20

log = structlog.get_logger()


def consumer_config(connection: Mapping[str, str], group: str) -> dict[str, object]:
    """librdkafka configuration of the sink's consumer: the table, not the group, decides where reading starts."""
    return {
        **connection,
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "partition.assignment.strategy": "cooperative-sticky",
        **GROUP_MEMBERSHIP,
        "queued.max.messages.kbytes": PREFETCH_KIBIBYTES,
        "fetch.queue.backoff.ms": FETCH_BACKOFF_MILLIS,
        "reconnect.backoff.max.ms": 2_000,
    }


class _GiveUpAfterShutdown(stop_base):
    """Retry for ever while the job runs, and until the deadline once it ends."""

    def __init__(self) -> None:
        self.deadline: float | None = None

    def __call__(self, retry_state: RetryCallState) -> bool:
        return self.deadline is not None and time.monotonic() + retry_state.upcoming_sleep > self.deadline


class SinkService:
    """Owns the consumer, the dead-letter producer, the catalog and the writers between `run` and `finish`."""

    def __init__(
        self,
        settings: SinkSettings,
        environ: Mapping[str, str],
        stop: Stop,
        writer_name: str,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._stop = stop
        self._writer_name = writer_name
        self._patience = Patience(stop, (KafkaUnavailableError, *UNAVAILABLE_ERRORS))
        self._metrics = SinkMetrics(registry)
        self._give_up = _GiveUpAfterShutdown()
        self._sink: Sink | None = None
        self._consumer: Consumer | None = None
        self._tables = [_bronze_table(topic, settings.namespace) for topic in settings.topics]

    def is_ready(self) -> bool:
        """True once the catalog has answered and the consumer group has let us in."""
        return self._sink is not None and self._sink.is_ready()

    def run(self) -> None:
        """Prepare the tables and read until stopped. Raises `StoppedError`, and errors that no retry can cure."""
        connection = client_config(self._settings.kafka, self._environ)
        identities = self._patience.call(
            lambda: identify_topics(connection, self._settings.topics), "describe the topics"
        )
        catalog = self._patience.call(self._open_catalog, "open the catalog")
        for table in self._tables:
            self._prepare(catalog, table, identities[table.topic])
        self._sink = self._build(connection, catalog, identities)
        self._sink.run(self._stop)

    def finish(self, deadline: float) -> bool:
        """Flush what is held until `deadline` and leave the group; True when everything is in the tables."""
        self._give_up.deadline = deadline
        try:
            return self._sink is None or self._sink.finish(deadline)
        finally:
            if self._consumer is not None:
                self._consumer.close()

    def _open_catalog(self) -> Catalog:
        return open_catalog(self._settings.catalog, self._settings.s3, self._environ)

    def _prepare(self, catalog: Catalog, table: BronzeTable, identity: KafkaIdentity) -> None:
        self._patience.call(lambda: ensure_table(catalog, table, identity), f"prepare the table of {table.topic}")

    def _build(self, connection: Mapping[str, str], catalog: Catalog, identities: Mapping[str, KafkaIdentity]) -> Sink:
        consumer = Consumer(consumer_config(connection, self._settings.consumer_group) | {"error_cb": self._on_error})
        self._consumer = consumer
        letters = DeadLetterQueue(connection)
        committers = {
            table.topic: Committer(
                catalog, table.identifier, identities[table.topic], self._writer_name, letters.deliver, self._give_up
            )
            for table in self._tables
        }
        answers: SimpleQueue[Answer] = SimpleQueue()
        writers = {table.topic: self._writer(table, committers[table.topic], answers) for table in self._tables}
        for writer in writers.values():
            writer.start()
        starts = StartOffsets(
            committers,
            lambda topic: identify_topics(connection, (topic,))[topic],
            lambda topic, partition: log_range(consumer, topic, partition),
            self._patience,
        )
        backlog_bytes = max(self._settings.commit_bytes // 4, SMALLEST_BACKLOG_BYTES)
        return Sink(consumer, writers, answers, starts, self._metrics, backlog_bytes)

    def _writer(self, table: BronzeTable, committer: Committer, answers: "SimpleQueue[Answer]") -> TopicWriter:
        buffer = CommitBuffer(self._settings.commit_bytes, self._settings.commit_interval_seconds)
        return TopicWriter(table.topic, BatchReader(table), committer, buffer, self._metrics, answers)

    def _on_error(self, error: KafkaError) -> None:
        self._metrics.kafka_errors.inc()
        log.warning("Kafka client", error=str(error))


def _bronze_table(topic: str, namespace: str) -> BronzeTable:
    if topic not in EVENT_MODEL_BY_TOPIC:
        known = ", ".join(sorted(EVENT_MODEL_BY_TOPIC))
        raise SettingsError(f"topics: {topic!r} has no contract; these topics have one: {known}")
    return BronzeTable(EVENT_MODEL_BY_TOPIC[topic], namespace)
