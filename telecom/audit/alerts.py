"""The alerts of a pipeline, read from Kafka as they are committed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from telecom.access.kafka_reader import KafkaReader


def read_alerts(
    store: SqliteCluster, pipeline: Ref, scratch: Path, follow: bool, is_over: Callable[[], bool] = lambda: False
) -> Iterator[FraudAlert]:
    """Alerts from the oldest that Kafka keeps; with `follow` also new ones as they arrive, until `is_over`.

    A record that is not an alert is left out: the sink keeps it as a dead letter. Raises `KafkaReadError`.
    """
    with closing(KafkaReader(store, pipeline.namespace, pipeline.name, scratch, names.ALERT_READER)) as reader:
        records = reader.follow(FraudAlert.topic, is_over) if follow else reader.records(FraudAlert.topic)
        for record in records:
            value = record.value()
            if (alert := _alert(value.encode() if isinstance(value, str) else value)) is not None:
                yield alert


def by_event_time(found: Iterable[FraudAlert]) -> list[FraudAlert]:
    """All alerts in the order of the events that they are about."""
    return sorted(found, key=lambda alert: (alert.event_time_ms, alert.event_id))


def _alert(value: bytes | None) -> FraudAlert | None:
    try:
        return FraudAlert.model_validate_json(value or b"")
    except ValidationError:
        return None
