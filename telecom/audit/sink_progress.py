"""Whether the sink has everything that Kafka has, by the offsets that the tables record: no row is read for it."""

from collections.abc import Mapping, Sequence

from contracts.sink_progress import OFFSETS, progress_of
from telecom.access.kafka_reader import KafkaReader
from telecom.access.query import Ask, ask_bronze


def is_drained(kafka: KafkaReader, ask: Ask, topics: Sequence[str]) -> bool:
    """Whether every table covers its topic up to the present end offsets. Raises `LocalError`."""
    ends = {topic: kafka.end_offsets(topic) for topic in topics}
    covered = _covered_offsets(ask, topics)
    return all(covered[topic].get(partition, 0) >= end for topic in topics for partition, end in ends[topic].items())


def _covered_offsets(ask: Ask, topics: Sequence[str]) -> dict[str, Mapping[int, int]]:
    """Where the table of each topic ends, by partition; empty before its first commit."""
    answered = ask_bronze(
        ask,
        topics,
        lambda topic: f"SELECT '{topic}', value FROM bronze.\"{topic}$properties\" WHERE key = '{OFFSETS}'",  # noqa: S608
    )
    values = {str(topic): str(value) for topic, value in answered}
    progress = {topic: progress_of({OFFSETS: values.get(topic, "{}")}) for topic in topics}
    return {topic: {partition: done.end for partition, done in of.items()} for topic, of in progress.items()}
