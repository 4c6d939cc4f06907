"""Lets a sink go on that stopped because Kafka lost records or was rebuilt."""

from operators.telecom_pipeline.objects import names
from telecom.access.lake_access import storage_access
from telecom.batch.sink_tools import Sink, run_sink_tool


def accept_loss(sink: Sink, topic: str, dry_run: bool) -> None:
    """Record in the topic's table what is given up; with `dry_run` only print it. Raises `LocalError`."""
    options = ["--topic", topic, *(["--dry-run"] if dry_run else [])]
    credentials = storage_access(sink.store, sink.namespace, sink.pipeline)
    run_sink_tool(sink, "accept_loss", options, sink.kafka_login(names.KAFKA_TO_BRONZE), credentials)
