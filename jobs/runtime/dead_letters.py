"""Refused records, and their delivery to `<topic>_dlq`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from contracts import dead_letters as names
from contracts.topics import dead_letter_topic
from jobs.runtime.contract_check import Rejection

DELIVERY_TIMEOUT_SECONDS = 30.0


class DeadLetterDeliveryError(Exception):
    """The broker did not acknowledge a dead letter; its offset must not be committed yet."""


@dataclass(frozen=True)
class DeadLetter:
    """One refused record as it came, and why it was refused."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    rejection: Rejection
    seen_at: datetime

    @property
    def record_key(self) -> bytes:
        """Key on the dead-letter topic: the record's position, by which a copy is recognised."""
        return names.dead_letter_key(self.topic, self.partition, self.offset)

    def record_headers(self) -> list[tuple[str, str | bytes | None]]:
        """Headers on the dead-letter topic; a replayed record keeps the trail of its earlier refusals."""
        first_seen = dict(self.headers).get(names.FIRST_SEEN_HEADER) or _millis(self.seen_at)
        kept = [(name, value) for name, value in self.headers if name == names.REPLAYED_FROM_HEADER]
        key = [] if self.key is None else [(names.KEY_HEADER, self.key)]
        return [
            (names.TOPIC_HEADER, self.topic.encode()),
            (names.PARTITION_HEADER, str(self.partition).encode()),
            (names.OFFSET_HEADER, str(self.offset).encode()),
            (names.REASON_HEADER, self.rejection.reason.value.encode()),
            (names.ERROR_HEADER, self.rejection.error.encode(errors="replace")),
            (names.FIRST_SEEN_HEADER, first_seen),
            *key,
            *kept,
        ]


def _millis(moment: datetime) -> bytes:
    return str(int(moment.timestamp() * 1000)).encode()


class DeadLetterQueue:
    """Delivers dead letters and waits until all in-sync replicas have them."""

    def __init__(self, client_config: Mapping[str, str]) -> None:
        self._producer = Producer(
            {
                **client_config,
                "acks": "all",
                "enable.idempotence": True,
                "message.timeout.ms": int(DELIVERY_TIMEOUT_SECONDS * 1000),
                "compression.type": "zstd",
                "linger.ms": 5,
            }
        )

    def deliver(self, letters: Sequence[DeadLetter]) -> None:
        """Return when every letter is acknowledged. Raises `DeadLetterDeliveryError`; all must be sent again then."""
        refusals: list[KafkaError] = []
        acknowledged = [0]

        def on_delivery(error: KafkaError | None, _message: Message) -> None:
            if error is None:
                acknowledged[0] += 1
            else:
                refusals.append(error)

        for letter in letters:
            self._send(letter, on_delivery)
        self._producer.flush(DELIVERY_TIMEOUT_SECONDS)
        if refusals or acknowledged[0] < len(letters):
            raise DeadLetterDeliveryError(
                f"{len(letters) - acknowledged[0]} of {len(letters)} dead letters for "
                f"{dead_letter_topic(letters[0].topic)} were not acknowledged: "
                f"{refusals[0] if refusals else 'no answer in time'}. Check that the topic exists and may be written."
            )

    def _send(self, letter: DeadLetter, on_delivery: Callable[[KafkaError | None, Message], None]) -> None:
        while True:
            try:
                self._producer.produce(
                    dead_letter_topic(letter.topic),
                    value=letter.value,
                    key=letter.record_key,
                    headers=list(letter.record_headers()),
                    on_delivery=on_delivery,
                )
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                raise DeadLetterDeliveryError(f"dead letter {letter.record_key!r}: {error}") from error
            else:
                return
