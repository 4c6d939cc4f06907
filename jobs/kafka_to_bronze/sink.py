"""The poll loop: Kafka on one side, one writer thread per topic on the other.

The table decides where reading starts; what is later committed to the consumer group is a hint for tools that show lag.
Everything that calls the consumer runs in this one thread.
"""

import time
from collections.abc import Iterable, Mapping
from queue import Empty, SimpleQueue
from threading import Event
from typing import Protocol, cast

import structlog
from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, Message, TopicPartition

from jobs.kafka_to_bronze.assignment import StartOffsets
from jobs.kafka_to_bronze.fail_points import AFTER_POLL, BEFORE_ACKNOWLEDGE
from jobs.kafka_to_bronze.metrics import SinkMetrics
from jobs.kafka_to_bronze.topic_writer import Acknowledge, Answer, SeekTo, TopicWriter
from jobs.runtime.fail_points import reach
from jobs.runtime.positions import ConsumedRecord, Positions

POLL_RECORDS = 20_000
POLL_SECONDS = 0.2
# When one topic has this much to parse, reading of all topics pauses for a moment; at twice as much, it stops for that
# topic.
THROTTLE_SECONDS = 0.02
HAND_OVER_SECONDS = 10.0
OBSERVE_SECONDS = 1.0

log = structlog.get_logger()


class Stop(Protocol):
    """The part of `StopSignal` that the loop needs."""

    def is_set(self) -> bool:
        """True when the job is to end."""
        ...


class KafkaClientError(Exception):
    """The Kafka client reported an error that it cannot recover from."""


class Sink:
    """Reads all topics and feeds their writers until stopped."""

    def __init__(
        self,
        consumer: Consumer,
        writers: Mapping[str, TopicWriter],
        answers: "SimpleQueue[Answer]",
        start_offsets: StartOffsets,
        metrics: SinkMetrics,
        backlog_limit_bytes: int,
    ) -> None:
        self._consumer = consumer
        self._writers = writers
        self._answers = answers
        self._start_offsets = start_offsets
        self._metrics = metrics
        self._backlog_limit_bytes = backlog_limit_bytes
        self._positions = Positions()
        self._table_ends: dict[tuple[str, int], int] = {}
        self._paused: set[str] = set()
        self._observed_at = 0.0
        self._has_joined = False

    def is_ready(self) -> bool:
        """True once the consumer group has let us in."""
        return self._has_joined

    def run(self, stop: Stop) -> None:
        """Poll until `stop`. Raises the error that a writer failed with, and errors that no retry can cure."""
        self._consumer.subscribe(
            list(self._writers), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )
        while not stop.is_set():
            self._poll()
            self._answer_writers()
            self._throttle()
            self._observe()

    def finish(self, deadline: float) -> bool:
        """Flush all writers until `deadline` (monotonic seconds) and acknowledge; True when all were in time."""
        for writer in self._writers.values():
            writer.finish()
        for writer in self._writers.values():
            writer.join(max(0.0, deadline - time.monotonic()))
        self._answer_writers()
        return not any(writer.is_alive() for writer in self._writers.values())

    def _poll(self) -> None:
        messages = self._consumer.consume(POLL_RECORDS, POLL_SECONDS)
        if not messages:
            return
        reach(AFTER_POLL)
        records = [message for message in messages if message.error() is None]
        # A message without an error has a topic, a partition and an offset, which the client's types leave open.
        for topic, batch in self._positions.cut(cast("list[ConsumedRecord]", records)).items():
            self._writers[topic].offer(batch)
        if len(records) < len(messages):
            self._judge_errors(messages)

    def _judge_errors(self, messages: Iterable[Message]) -> None:
        for message in messages:
            error = message.error()
            if error is None:
                continue
            self._metrics.kafka_errors.inc()
            log.warning("Kafka error", error=str(error), topic=message.topic(), partition=message.partition())
            if error.code() == KafkaError._AUTO_OFFSET_RESET:
                self._seek_to_table(message)
            elif error.fatal():
                raise KafkaClientError(f"{error}. Restart the sink: it goes on from its tables.")

    def _seek_to_table(self, message: Message) -> None:
        """The position is not in the broker's log: find out why. That raises unless the log has it after all."""
        topic, partition = str(message.topic()), int(message.partition() or 0)
        offset = self._start_offsets.of(topic, [partition])[partition]
        self._seek(SeekTo(topic, partition, offset))

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        self._has_joined = True
        by_topic: dict[str, list[int]] = {}
        for partition in assigned:
            by_topic.setdefault(partition.topic, []).append(partition.partition)
        starts = []
        for topic, partitions in by_topic.items():
            for number, offset in self._start_offsets.of(topic, partitions).items():
                self._writers[topic].restart(number)
                self._positions.set(topic, number, offset)
                self._table_ends[topic, number] = offset
                starts.append(TopicPartition(topic, number, offset))
        consumer.incremental_assign(starts)
        if stopped := [start for start in starts if start.topic in self._paused]:
            consumer.pause(stopped)
        log.info("assigned", partitions=[f"{start.topic}/{start.partition}@{start.offset}" for start in starts])

    def _on_revoke(self, _consumer: Consumer, revoked: list[TopicPartition]) -> None:
        """Commit what is held before the next owner starts: later, it would be fenced off and read twice."""
        handed_over = self._forget(revoked)
        deadline = time.monotonic() + HAND_OVER_SECONDS
        for done in handed_over:
            done.wait(max(0.0, deadline - time.monotonic()))
        self._answer_writers()
        self._drop(revoked)
        log.info("revoked", partitions=[f"{gone.topic}/{gone.partition}" for gone in revoked])

    def _on_lost(self, _consumer: Consumer, lost: list[TopicPartition]) -> None:
        self._forget(lost)
        self._drop(lost)
        log.warning("lost to another consumer", partitions=[f"{gone.topic}/{gone.partition}" for gone in lost])

    def _forget(self, gone: list[TopicPartition]) -> list[Event]:
        by_topic: dict[str, list[int]] = {}
        for partition in gone:
            by_topic.setdefault(partition.topic, []).append(partition.partition)
        return [
            self._writers[topic].release(partitions)
            for topic, partitions in by_topic.items()
            if self._writers[topic].is_alive()
        ]

    def _drop(self, gone: list[TopicPartition]) -> None:
        for partition in gone:
            self._positions.drop(partition.topic, partition.partition)
            self._table_ends.pop((partition.topic, partition.partition), None)
            self._metrics.forget_partition(partition.topic, partition.partition)
        for topic in {partition.topic for partition in gone}:
            if not self._positions.partitions(topic):
                self._metrics.forget_times(topic)

    def _answer_writers(self) -> None:
        for writer in self._writers.values():
            if writer.failure is not None:
                raise writer.failure
        while True:
            try:
                answer = self._answers.get_nowait()
            except Empty:
                return
            if isinstance(answer, Acknowledge):
                self._acknowledge(answer)
            else:
                self._seek(answer)

    def _acknowledge(self, answer: Acknowledge) -> None:
        ours = {p: end for p, end in answer.ends.items() if (answer.topic, p) in self._positions}
        self._table_ends |= {(answer.topic, partition): end for partition, end in ours.items()}
        if not ours:
            return
        reach(BEFORE_ACKNOWLEDGE)
        try:
            offsets = [TopicPartition(answer.topic, partition, end) for partition, end in ours.items()]
            self._consumer.commit(offsets=offsets, asynchronous=True)
        except KafkaException as error:  # only a hint is lost
            log.warning("offsets were not noted in the consumer group", error=str(error))

    def _seek(self, target: SeekTo) -> None:
        key = (target.topic, target.partition)
        if key not in self._positions:
            return
        self._metrics.seeks.labels(target.topic).inc()
        self._consumer.seek(TopicPartition(target.topic, target.partition, target.offset))
        self._positions.set(target.topic, target.partition, target.offset)
        self._writers[target.topic].restart(target.partition)
        log.warning("reading goes on at the table's end", **vars(target))

    def _throttle(self) -> None:
        fullest = 0
        for topic, writer in self._writers.items():
            backlog = writer.backlog_bytes
            fullest = max(fullest, backlog)
            if backlog > 2 * self._backlog_limit_bytes and topic not in self._paused:
                self._consumer.pause(self._assigned(topic))
                self._paused.add(topic)
            elif backlog < self._backlog_limit_bytes and topic in self._paused:
                self._consumer.resume(self._assigned(topic))
                self._paused.discard(topic)
        if fullest > self._backlog_limit_bytes:
            time.sleep(THROTTLE_SECONDS)

    def _assigned(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, partition) for partition in self._positions.partitions(topic)]

    def _observe(self) -> None:
        now = time.monotonic()
        if now - self._observed_at < OBSERVE_SECONDS:
            return
        self._observed_at = now
        self._has_joined = self._has_joined or bool(self._consumer.memberid())
        for (topic, partition), end in self._table_ends.items():
            _low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
            if high not in (OFFSET_INVALID, -1):
                self._metrics.lag_records.labels(topic, partition).set(max(0, high - end))
