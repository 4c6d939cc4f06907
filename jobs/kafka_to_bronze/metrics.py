"""Prometheus metrics of the sink (names in `contracts.metric_names`)."""

import time

import pyarrow.compute as pc
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from contracts import metric_names as names
from contracts.tables import EVENT_TIME_COLUMN, UNKNOWN_FIELDS_COLUMN
from jobs.kafka_to_bronze.committing.commit import CommitOutcome

_COMMIT_SECONDS_BUCKETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


class SinkMetrics:
    """All metrics of one sink process; each has the label `topic`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, ["topic", *labels], registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(name, text, ["topic", *labels], registry=registry)

        self.lag_records = gauge(names.SINK_LAG_RECORDS, "Records on the broker that are not in the table", "partition")
        self.buffered_bytes = gauge(names.SINK_BUFFERED_BYTES, "Bytes read from Kafka and not committed yet")
        self.rows = counter(names.SINK_ROWS, "Rows committed to the table")
        self.bytes = counter(names.SINK_BYTES, "Bytes of record values committed")
        self.files = counter(names.SINK_FILES, "Data files committed")
        self.dead_letters = counter(names.SINK_DEAD_LETTERS, "Records sent to the dead-letter topic", "reason")
        self.unknown_field_rows = counter(names.SINK_UNKNOWN_FIELD_ROWS, "Rows with fields outside the contract")
        self.conflicts = counter(names.SINK_COMMIT_CONFLICTS, "Commits refused because another writer was faster")
        self.retries = counter(names.SINK_COMMIT_RETRIES, "Commit attempts that failed and were repeated")
        self.fenced = counter(names.SINK_FENCED_PARTITIONS, "Partitions found advanced by another writer")
        self.seeks = counter(names.SINK_SEEKS, "Times reading was set back to the table's end")
        self.kafka_errors = Counter(names.SINK_KAFKA_ERRORS, "Errors the Kafka client reported", registry=registry)
        self.commit_seconds = Histogram(
            names.SINK_COMMIT_SECONDS,
            "From the first file written to the table's answer, retries included",
            ["topic"],
            buckets=_COMMIT_SECONDS_BUCKETS,
            registry=registry,
        )
        self.newest_event_time = gauge(names.SINK_NEWEST_EVENT_TIME_SECONDS, "Newest event time in the table")
        self.freshness = gauge(names.SINK_FRESHNESS_SECONDS, "Now less the newest event time in the table")
        self.last_commit_time = gauge(names.SINK_LAST_COMMIT_TIME_SECONDS, "When the last commit took place")
        self._newest: dict[str, float] = {}

    def observe_commit(self, topic: str, outcome: CommitOutcome, seconds: float) -> None:
        """Count one commit."""
        self.commit_seconds.labels(topic).observe(seconds)
        self.conflicts.labels(topic).inc(outcome.conflict_count)
        self.retries.labels(topic).inc(outcome.retry_count)
        self.fenced.labels(topic).inc(len(outcome.fenced))
        committed = outcome.committed
        if committed is None:
            return
        self.rows.labels(topic).inc(committed.rows.num_rows)
        self.bytes.labels(topic).inc(committed.byte_count)
        self.files.labels(topic).inc(len(outcome.files))
        self.last_commit_time.labels(topic).set(time.time())
        unknown = committed.rows.column(UNKNOWN_FIELDS_COLUMN)
        self.unknown_field_rows.labels(topic).inc(len(unknown) - unknown.null_count)
        for letter in committed.dead_letters:
            self.dead_letters.labels(topic, letter.rejection.reason.value).inc()
        newest = pc.max(committed.rows.column(EVENT_TIME_COLUMN)).as_py()
        if newest is not None:
            self.observe_event_time(topic, newest.timestamp())

    def forget_partition(self, topic: str, partition: int) -> None:
        """The partition has another owner: from now on only that one knows its lag."""
        self.lag_records.remove_by_labels({"topic": topic, "partition": str(partition)})

    def forget_times(self, topic: str) -> None:
        """No partition of the topic is ours any more: its events reach the table without our knowledge."""
        for gauge in (self.freshness, self.newest_event_time):
            gauge.remove_by_labels({"topic": topic})

    def observe_event_time(self, topic: str, newest_seconds: float) -> None:
        """Note the newest event of a commit, in seconds since 1970."""
        self._newest[topic] = max(newest_seconds, self._newest.get(topic, newest_seconds))
        self.freshness.labels(topic).set_function(lambda: time.time() - self._newest[topic])
        self.newest_event_time.labels(topic).set(self._newest[topic])
