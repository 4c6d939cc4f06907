"""Counts every layer against the ledger of the producers: nothing is lost, nothing is there twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.ledger import EventCounts, Ledger, TopicBalance, decode_entry, reconcile
from contracts.topics import LEDGER_TOPIC, dead_letter_topic
from telecom.access.kafka_reader import KafkaReader
from telecom.access.query import Ask, ask_bronze


@dataclass(frozen=True)
class TopicAudit:
    """One topic: the balance of its ledger, and two counts that do not depend on the ledger."""

    balance: TopicBalance
    counts: EventCounts
    # Offsets that Kafka assigned: one for each acknowledged record, more where transactions left markers.
    in_kafka: int
    # Rows of the bronze table that repeat a position (partition, offset); 0 in a sound table.
    repeated_rows: int

    @property
    def is_balanced(self) -> bool:
        """Produced = bronze + dead letters, Kafka holds them all, and no position is in the table twice.

        A producer that was killed has sent more than its last entry says, which shows as a negative `missing`.
        """
        return self.balance.is_balanced and self.in_kafka >= self.balance.produced and self.repeated_rows == 0


@dataclass(frozen=True)
class Audit:
    """All topics of a pipeline."""

    topics: tuple[TopicAudit, ...]
    ledger: Ledger

    @property
    def is_balanced(self) -> bool:
        """Whether every topic balances."""
        return all(topic.is_balanced for topic in self.topics)


def audit(kafka: KafkaReader, ask: Ask, topics: Iterable[str]) -> Audit:
    """Count the topics now. Events that are still under way count as missing. Raises `LocalError`."""
    topics = tuple(topics)
    ledger = Ledger(decode_entry(record.value() or b"") for record in kafka.records(LEDGER_TOPIC))
    positions = _positions(ask, topics)
    dead_letters = {topic: _dead_letter_count(kafka, topic) for topic in topics}
    produced = ledger.totals()
    bronze = {topic: rows for topic, (rows, _) in positions.items()}
    balances = reconcile({topic: produced.get(topic, EventCounts()) for topic in topics}, bronze, dead_letters)
    return Audit(tuple(_topic_audit(kafka, balances[topic], produced, positions) for topic in topics), ledger)


def _topic_audit(
    kafka: KafkaReader,
    balance: TopicBalance,
    produced: Mapping[str, EventCounts],
    positions: Mapping[str, tuple[int, int]],
) -> TopicAudit:
    rows, distinct = positions[balance.topic]
    return TopicAudit(
        balance=balance,
        counts=produced.get(balance.topic, EventCounts()),
        in_kafka=kafka.record_count(balance.topic),
        repeated_rows=rows - distinct,
    )


def _positions(ask: Ask, topics: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Rows and distinct positions in the bronze table of each topic; both are 0 before its first commit."""
    position = "ROW(_kafka_partition, _kafka_offset)"
    counted = ask_bronze(
        ask,
        topics,
        lambda topic: f"SELECT '{topic}', count(*), count(DISTINCT {position}) FROM bronze.{topic}",  # noqa: S608
    )
    found = {str(topic): (int(rows), int(distinct)) for topic, rows, distinct in counted}
    return {topic: found.get(topic, (0, 0)) for topic in topics}


def _dead_letter_count(kafka: KafkaReader, topic: str) -> int:
    """Distinct keys, because a sink that died before its commit may have written a dead letter twice under one key."""
    return len({record.key() for record in kafka.records(dead_letter_topic(topic))})
