"""`python -m jobs.kafka_to_bronze.tools.replay_dlq`: puts dead letters back on their topic after a fix.

Records, progress and the account in the ledger are one Kafka transaction, so each dead letter is replayed once, however
often the command runs or is killed. What fails again comes back as a new dead letter that carries the trail of its
earlier positions.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast
from uuid import uuid4

import structlog
import typer
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from contracts import dead_letters as names
from contracts.ledger import EventCounts, entries_of
from contracts.settings import SinkSettings
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from jobs.kafka_to_bronze.tools.fixes import Fix, UnknownFixError, find_fix
from jobs.kafka_to_bronze.tools.replay_progress import ReplayProgress
from jobs.runtime.kafka import KafkaCredentialsError, client_config
from jobs.runtime.logs import configure_logs
from jobs.runtime.settings import SettingsError, load_settings

BATCH_RECORDS = 5_000
TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 1.0
LEDGER_PRODUCER = "dlq-replayer"

log = structlog.get_logger()


class ReplayError(Exception):
    """The replay cannot go on."""


@dataclass
class Report:
    """Counts of one run."""

    replayed: Counter[str] = field(default_factory=Counter)
    not_fixable: int = 0
    other_reason: int = 0
    done_before: int = 0

    def as_dict(self) -> dict[str, object]:
        """For the log."""
        return {
            "replayed": dict(self.replayed),
            "not_fixable": self.not_fixable,
            "other_reason": self.other_reason,
            "done_before": self.done_before,
        }


class Replay:
    """Replays the dead letters of one topic that are there when it starts."""

    def __init__(self, connection: Mapping[str, str], group: str, topic: str, reason: str | None, fix: Fix) -> None:
        self._topic = topic
        self._reason = reason
        self._fix = fix
        self.report = Report()
        self._run_id = uuid4().hex
        self._sent_count = 0
        identity = {"group.id": names.replay_group(group), "enable.auto.commit": False}
        reading = {"isolation.level": "read_committed", "auto.offset.reset": "earliest", "enable.partition.eof": True}
        self._consumer = Consumer({**connection, **identity, **reading})
        self._producer = Producer({**connection, "transactional.id": names.replay_transactional_id(group, topic)})

    def run(self, dry_run: bool) -> Report:
        """Replay every partition of the dead-letter topic; with `dry_run`, only count."""
        try:
            if not dry_run:
                self._producer.init_transactions(TIMEOUT_SECONDS)  # this also fences off another replay of the topic
            for partition in self._partitions():
                self._replay_partition(partition, dry_run)
        finally:
            self._consumer.close()
        return self.report

    def _partitions(self) -> list[TopicPartition]:
        topic = dead_letter_topic(self._topic)
        known = self._consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic]
        if known.error is not None:
            raise ReplayError(f"topic {topic}: {known.error}. Check the name and the right to read it.")
        return [TopicPartition(topic, partition) for partition in known.partitions]

    def _replay_partition(self, partition: TopicPartition, dry_run: bool) -> None:
        (stored,) = self._consumer.committed([partition], timeout=TIMEOUT_SECONDS)
        progress = ReplayProgress.decode(stored.offset, stored.metadata)
        for letters, end in self._batches(partition, progress.base):
            records = [record for letter in letters if (record := self._record(letter, progress)) is not None]
            if not dry_run:
                progress = progress.after(None if self._reason is None else [self._reason], end)
                self._send(records, partition, progress)

    def _batches(self, partition: TopicPartition, base: int) -> Iterator[tuple[list[Message], int]]:
        """Dead letters from `base` to the end of the log as it is now, each batch with the offset behind it."""
        low, high = self._consumer.get_watermark_offsets(partition, timeout=TIMEOUT_SECONDS)
        position = max(base, low)
        self._consumer.assign([TopicPartition(partition.topic, partition.partition, position)])
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while position < high:
            messages = self._consumer.consume(min(BATCH_RECORDS, high - position), timeout=POLL_SECONDS)
            letters = [message for message in messages if message.error() is None]
            if letters:
                position = int(letters[-1].offset() or 0) + 1
                deadline = time.monotonic() + TIMEOUT_SECONDS
                yield letters, position
            if any(_is_end(message) for message in messages):
                return
            if time.monotonic() > deadline:
                errors = [str(message.error()) for message in messages]
                raise ReplayError(f"no dead letter of {partition.topic} from {position} on: {errors}. Run it again.")

    def _record(self, letter: Message, progress: ReplayProgress) -> dict[str, object] | None:
        raw_headers = cast("list[tuple[str, bytes | None]]", letter.headers() or [])
        headers = {name: value for name, value in raw_headers if value is not None}
        reason = headers.get(names.REASON_HEADER, b"").decode()
        if not progress.is_due(reason, int(letter.offset() or 0)):
            self.report.done_before += 1
            return None
        if self._reason is not None and reason != self._reason:
            self.report.other_reason += 1
            return None
        value = self._fix(letter.value())
        if value is None:
            self.report.not_fixable += 1
            return None
        self.report.replayed[reason] += 1
        trail = [part for part in (headers.get(names.REPLAYED_FROM_HEADER), letter.key()) if isinstance(part, bytes)]
        kept = [(names.REPLAYED_FROM_HEADER, b",".join(trail))]
        if first_seen := headers.get(names.FIRST_SEEN_HEADER):
            kept.append((names.FIRST_SEEN_HEADER, first_seen))
        return {"value": value, "key": headers.get(names.KEY_HEADER), "headers": kept}

    def _send(self, records: list[dict[str, object]], partition: TopicPartition, progress: ReplayProgress) -> None:
        offset, metadata = progress.encode()
        done = TopicPartition(partition.topic, partition.partition, offset, metadata)
        self._producer.begin_transaction()
        for record in records:
            self._producer.produce(self._topic, **record)  # type: ignore[arg-type]
            self._producer.poll(0)
        self._account_for(len(records))
        group = self._consumer.consumer_group_metadata()
        self._producer.send_offsets_to_transaction([done], group, TIMEOUT_SECONDS)
        self._producer.commit_transaction(TIMEOUT_SECONDS)

    def _account_for(self, record_count: int) -> None:
        """A replayed record is a produced one: the ledger has to count it, or bronze would hold more than was sent."""
        self._sent_count += record_count
        counts = EventCounts(produced=self._sent_count)
        for entry in entries_of(LEDGER_PRODUCER, self._run_id, self._topic, counts, (), is_final=True):
            self._producer.produce(LEDGER_TOPIC, value=entry.encode(), key=entry.key)


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF


def main(
    settings: Annotated[Path, typer.Option(help="The sink's settings file")],
    topic: Annotated[str, typer.Option(help="Topic whose dead letters are replayed")],
    reason: Annotated[names.DeadLetterReason | None, typer.Option(help="Only dead letters of this reason")] = None,
    fix: Annotated[
        str, typer.Option(help="as-is, trim, or MODULE:FUNCTION, which takes the value and returns one or None")
    ] = "as-is",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, change nothing")] = False,
) -> None:
    """Put dead letters back on their topic, each one once over all runs."""
    configure_logs("replay-dlq")
    try:
        loaded = load_settings(SinkSettings, settings)
        connection = client_config(loaded.kafka, os.environ)
        replay = Replay(connection, loaded.consumer_group, topic, reason.value if reason else None, find_fix(fix))
        report = replay.run(dry_run)
    except (ReplayError, UnknownFixError, SettingsError, KafkaCredentialsError, KafkaException) as error:
        log.error("replay failed", error=type(error).__name__, message=str(error))
        raise typer.Exit(1) from error
    log.info("would be replayed" if dry_run else "replayed", topic=topic, dry_run=dry_run, **report.as_dict())


if __name__ == "__main__":
    typer.run(main)
