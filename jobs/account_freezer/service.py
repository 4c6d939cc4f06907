"""The freezer's loop: alerts in, answers into the CRM, actions out; offsets are committed last."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts.account_freezer_settings import AccountFreezerSettings
from jobs.account_freezer import crm
from jobs.account_freezer.alerts import read_alert
from jobs.account_freezer.answering import answer_alert
from jobs.account_freezer.fail_points import BEFORE_OFFSET_COMMIT
from jobs.account_freezer.metrics import FreezerMetrics
from jobs.account_freezer.publishing import ActionPublisher, PublishError
from jobs.runtime.contract_check import Rejection
from jobs.runtime.dead_letters import DeadLetter, DeadLetterDeliveryError, DeadLetterQueue
from jobs.runtime.fail_points import reach
from jobs.runtime.kafka import GROUP_MEMBERSHIP, client_config
from jobs.runtime.patience import Patience, Stop
from jobs.runtime.positions import ConsumedRecord

BATCH_RECORDS = 200
# An analyst's action waits as long for its event, too.
POLL_SECONDS = 1.0

log = structlog.get_logger()


class KafkaClientError(Exception):
    """The Kafka client reported an error that it cannot recover from."""


def consumer_config(connection: Mapping[str, str], group: str) -> dict[str, object]:
    """librdkafka configuration: committed alerts only, from the first, acknowledged by hand."""
    return {
        **connection,
        "group.id": group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "partition.assignment.strategy": "cooperative-sticky",
        **GROUP_MEMBERSHIP,
        "reconnect.backoff.max.ms": 2_000,
    }


class FreezerService:
    """Owns consumer, producers and database connection between `run` and `close`."""

    def __init__(
        self, settings: AccountFreezerSettings, environ: Mapping[str, str], stop: Stop, metrics: FreezerMetrics
    ) -> None:
        connection = client_config(settings.kafka, environ)
        self._topic = settings.alert_topic
        self._policy = settings.policy
        self._stop = stop
        self._metrics = metrics
        self._database = crm.CrmDatabase(settings.database, environ)
        self._publisher = ActionPublisher(connection, settings.action_topic)
        self._letters = DeadLetterQueue(connection)
        unavailable = (*crm.UNAVAILABLE_ERRORS, PublishError, DeadLetterDeliveryError)
        self._patience = Patience(stop, unavailable)
        self._consumer = Consumer(consumer_config(connection, settings.consumer_group) | {"error_cb": self._on_error})
        self._is_assigned = False
        self._is_database_ready = False

    def is_ready(self) -> bool:
        """True once the database has the audit and the consumer group has let us in."""
        return self._is_database_ready and self._is_assigned

    def run(self) -> None:
        """Answer alerts until stopped. Raises `KafkaClientError`, and `StoppedError` while waiting for a service."""
        self._patience.call(self._prepare, "prepare the audit in the CRM database")
        self._is_database_ready = True
        self._consumer.subscribe([self._topic], on_assign=self._on_assign)
        while not self._stop.is_set():
            self._step()

    def close(self) -> None:
        """Leave the group, so that another freezer takes over at once."""
        self._consumer.close()
        self._database.close()

    def _prepare(self) -> None:
        with self._database.transaction() as cursor:
            crm.ensure_audit(cursor)

    def _step(self) -> None:
        messages = self._consumer.consume(BATCH_RECORDS, POLL_SECONDS)
        records = cast("list[ConsumedRecord]", [message for message in messages if self._is_record(message)])
        letters = [letter for record in records if (letter := self._answer(record)) is not None]
        if letters:
            self._patience.call(lambda: self._letters.deliver(letters), "deliver dead letters")
        self._patience.call(self._publish, "publish account actions")
        if records:
            reach(BEFORE_OFFSET_COMMIT)
            self._commit()

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.fatal():
            raise KafkaClientError(f"reading {self._topic}: {error.str()}")
        self._metrics.kafka_errors.inc()
        log.warning("Kafka answered with an error", error=error.str())
        return False

    def _answer(self, record: ConsumedRecord) -> DeadLetter | None:
        alert = read_alert(record.value())
        if isinstance(alert, Rejection):
            self._metrics.dead_letters.labels(alert.reason.value).inc()
            log.warning("not an alert", offset=record.offset(), reason=alert.reason.value, error=alert.error)
            return _dead_letter(record, alert)
        action = self._patience.call(
            lambda: answer_alert(self._database, alert, self._policy, datetime.now(UTC)), "answer an alert"
        )
        self._metrics.observe(alert, action)
        if action is not None:
            log.info("answered", alert=alert.event_id, action=action.action.value, reason=action.reason.value)
        return None

    def _publish(self) -> None:
        while self._publisher.publish_pending(self._database):
            pass
        with self._database.transaction() as cursor:
            self._metrics.unpublished_actions.set(crm.unpublished_count(cursor))

    def _commit(self) -> None:
        """Commit what was read. A lost commit does no harm: the alerts come again and turn out to be answered."""
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:
            self._metrics.kafka_errors.inc()
            log.warning("offsets are not committed", error=str(error))

    def _on_assign(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        self._is_assigned = True
        log.info("assigned", partitions=[partition.partition for partition in partitions])

    def _on_error(self, error: KafkaError) -> None:
        self._metrics.kafka_errors.inc()
        log.warning("Kafka client", error=str(error))


def _dead_letter(record: ConsumedRecord, rejection: Rejection) -> DeadLetter:
    return DeadLetter(
        topic=record.topic(),
        partition=record.partition(),
        offset=record.offset(),
        value=record.value(),
        key=record.key(),
        headers=tuple(record.headers() or ()),
        rejection=rejection,
        seen_at=datetime.now(UTC),
    )
