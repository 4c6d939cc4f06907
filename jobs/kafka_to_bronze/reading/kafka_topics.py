"""What the broker says about a topic: its identity, and the offsets its log holds."""

from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.sink_progress import KafkaIdentity, OffsetRange

REQUEST_TIMEOUT_SECONDS = 10.0


class KafkaUnavailableError(Exception):
    """The broker did not answer, or does not know the topic yet."""


def identify_topics(client_config: Mapping[str, str], topics: tuple[str, ...]) -> dict[str, KafkaIdentity]:
    """Cluster id and topic id of each topic. Raises `KafkaUnavailableError`."""
    admin = AdminClient(dict(client_config))
    try:
        cluster_id = admin.list_topics(topics[0], timeout=REQUEST_TIMEOUT_SECONDS).cluster_id
        described = admin.describe_topics(TopicCollection(list(topics)), request_timeout=REQUEST_TIMEOUT_SECONDS)
        return {
            topic: KafkaIdentity(topic, str(cluster_id), str(future.result(REQUEST_TIMEOUT_SECONDS).topic_id))
            for topic, future in described.items()
        }
    except (KafkaException, TimeoutError) as error:
        raise KafkaUnavailableError(f"cannot describe topics {', '.join(topics)}: {error}") from error


def log_range(consumer: Consumer, topic: str, partition: int) -> OffsetRange:
    """Range of offsets that the broker holds of a partition. Raises `KafkaUnavailableError`."""
    try:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=REQUEST_TIMEOUT_SECONDS)
    except KafkaException as error:
        raise KafkaUnavailableError(f"cannot read the offsets of {topic}/{partition}: {error}") from error
    return OffsetRange(low, high)
