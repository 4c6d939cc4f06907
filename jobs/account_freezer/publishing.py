"""Publishes what the audit holds to `account_actions`: at least once, in order, each action with an id of its own."""

from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from contracts.events import AccountAction
from jobs.account_freezer import crm
from jobs.account_freezer.fail_points import AFTER_PUBLISH
from jobs.runtime.fail_points import reach

DELIVERY_TIMEOUT_SECONDS = 30.0
BATCH_ACTIONS = 200


class PublishError(Exception):
    """The broker did not acknowledge an action; it stays unpublished and is sent again."""


class ActionPublisher:
    """Sends actions and waits until all in-sync replicas have them."""

    def __init__(self, client_config: Mapping[str, str], topic: str) -> None:
        self._topic = topic
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

    def publish_pending(self, database: crm.CrmDatabase) -> int:
        """Publish up to `BATCH_ACTIONS` actions, mark them, return how many. Raises `PublishError`, psycopg2's errors.

        After a kill between the two, they are published again with the same `event_id`.
        """
        with database.transaction() as cursor:
            actions = crm.lock_unpublished(cursor, BATCH_ACTIONS)
            if actions:
                self._deliver(actions)
                reach(AFTER_PUBLISH)
                crm.mark_published(cursor, actions)
        return len(actions)

    def _deliver(self, actions: Sequence[AccountAction]) -> None:
        outcomes: list[KafkaError | None] = []

        def on_delivery(error: KafkaError | None, _message: Message) -> None:
            outcomes.append(error)

        try:
            for action in actions:
                value = action.model_dump_json().encode()
                self._producer.produce(self._topic, value, action.msisdn.encode(), on_delivery=on_delivery)
            self._producer.flush(DELIVERY_TIMEOUT_SECONDS)
        except (KafkaException, BufferError) as error:
            raise PublishError(f"{self._topic}: {error}") from error
        refusal = next((error for error in outcomes if error is not None), None)
        if refusal is not None or len(outcomes) < len(actions):
            raise PublishError(
                f"{len(actions)} actions for {self._topic}: {refusal or 'no answer in time'}. "
                "Check that the topic exists and may be written."
            )
