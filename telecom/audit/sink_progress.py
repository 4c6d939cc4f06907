"""Whether the sink has all that Kafka has: by the tables' own offsets, so that no row is read to learn it."""

from collections.abc import Mapping, Sequence

from contracts.sink_progress import OFFSETS, progress_of
from telecom.access.kafka_reader import KafkaReader
from telecom.access.lake_query import Ask, ask_bronze


def is_drained(kafka: KafkaReader, ask: Ask, topics: Sequence[str]) -> bool:
    """True when every table covers its topic up to Kafka's end offsets of now. Raises `LocalError`."""
    ends = {topic: kafka.end_offsets(topic) for topic in topics}
    covered = _covered_offsets(ask, topics)
    return all(covered[topic].get(partition, 0) >= end for topic in topics for partition, end in ends[topic].items())


def _covered_offsets(ask: Ask, topics: Sequence[str]) -> dict[str, Mapping[int, int]]:
    """End of what each topic's table holds, by partition; nothing before its first commit."""
    answered = ask_bronze(
        ask,
        topics,
        lambda topic: f"SELECT '{topic}', value FROM bronze.\"{topic}$properties\" WHERE key = '{OFFSETS}'",  # noqa: S608
    )
    values = {str(topic): str(value) for topic, value in answered}
    progress = {topic: progress_of({OFFSETS: values.get(topic, "{}")}) for topic in topics}
    return {topic: {partition: done.end for partition, done in of.items()} for topic, of in progress.items()}
