"""Reads the control topic to its end, and writes to it."""

from collections.abc import Mapping, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from contracts.fraud_rules import RuleDocument

REQUEST_TIMEOUT_SECONDS = 10.0
DELIVERY_TIMEOUT_SECONDS = 30.0


class ControlTopicError(Exception):
    """The broker did not answer, does not know the topic (yet), or refused."""


def read_values(client_config: Mapping[str, str], group: str, topic: str) -> list[bytes | None]:
    """Value of every record on the topic, in order within each partition. Raises `ControlTopicError`."""
    reading = {"group.id": group, "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer({**client_config, **reading})
    try:
        return _read_to_the_end(consumer, topic)
    except KafkaException as error:
        raise ControlTopicError(f"cannot read {topic}: {error}") from error
    finally:
        consumer.close()


def _read_to_the_end(consumer: Consumer, topic: str) -> list[bytes | None]:
    metadata = consumer.list_topics(topic, timeout=REQUEST_TIMEOUT_SECONDS).topics[topic]
    if metadata.error is not None:
        raise ControlTopicError(f"cannot look up {topic}: {metadata.error.str()}")
    unread = set(metadata.partitions)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in unread])
    values: list[bytes | None] = []
    while unread:
        message = consumer.poll(REQUEST_TIMEOUT_SECONDS)
        if message is None:
            raise ControlTopicError(f"cannot read {topic}: no answer within {REQUEST_TIMEOUT_SECONDS:.0f} s")
        error = message.error()
        if error is None:
            values.append(_bytes(message))
        elif error.code() == KafkaError._PARTITION_EOF:
            unread.discard(message.partition() or 0)
        else:
            raise ControlTopicError(f"cannot read {topic}: {error.str()}")
    return values


def _bytes(message: Message) -> bytes | None:
    value = message.value()
    return value.encode() if isinstance(value, str) else value


def publish(client_config: Mapping[str, str], topic: str, documents: Sequence[RuleDocument]) -> None:
    """Return when all in-sync replicas have every document. Raises `ControlTopicError`."""
    producer = Producer({**client_config, "acks": "all", "enable.idempotence": True})
    outcomes: list[KafkaError | None] = []
    for document in documents:
        key, value = document.to_record()
        producer.produce(topic, value, key, on_delivery=lambda error, _: outcomes.append(error))
    producer.flush(DELIVERY_TIMEOUT_SECONDS)
    refusal = next((error for error in outcomes if error is not None), None)
    if refusal is not None or len(outcomes) < len(documents):
        raise ControlTopicError(f"{topic} did not take {len(documents)} documents: {refusal or 'no answer in time'}")
