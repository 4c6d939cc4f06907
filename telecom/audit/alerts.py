"""Alerts of a pipeline, read from Kafka as they are committed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from contracts.events import FraudAlert
from local.cluster.object_store import SqliteCluster
from local.cluster.reconcile_pipelines import pipelines_with
from local.errors import LocalError
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Ref
from telecom.access.kafka_reader import KafkaReader


class NoAlertsError(LocalError):
    """No pipeline that looks for frauds, or more than one to choose from."""


def detecting_pipeline(store: SqliteCluster, name: str | None) -> Ref:
    """The pipeline of that name, or the only one with `spec.fraudDetection`. Raises `NoAlertsError`."""
    found = pipelines_with(store, "fraudDetection")
    wanted = [ref for ref in found if name in (None, ref.name)]
    if len(wanted) != 1:
        known = ", ".join(ref.name for ref in found) or "none"
        why = f"pipelines with spec.fraudDetection: {known}"
        next_step = "telecom alerts NAME" if found else "telecom up --file manifests/samples/fraud.yaml"
        raise NoAlertsError("show alerts", why, next_step)
    return wanted[0]


def read_alerts(
    store: SqliteCluster, pipeline: Ref, scratch: Path, follow: bool, is_over: Callable[[], bool] = lambda: False
) -> Iterator[FraudAlert]:
    """Alerts from the oldest that Kafka keeps; with `follow` also those to come, until `is_over`.

    What is no alert is left out: the sink keeps it as a dead letter. Raises `KafkaReadError`.
    """
    with closing(KafkaReader(store, pipeline.namespace, pipeline.name, scratch, names.ALERT_READER)) as reader:
        records = reader.follow(FraudAlert.topic, is_over) if follow else reader.records(FraudAlert.topic)
        for record in records:
            value = record.value()
            if (alert := _alert(value.encode() if isinstance(value, str) else value)) is not None:
                yield alert


def _alert(value: bytes | None) -> FraudAlert | None:
    try:
        return FraudAlert.model_validate_json(value or b"")
    except ValidationError:
        return None
