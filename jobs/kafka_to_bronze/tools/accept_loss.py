"""Lets a sink go on after `RetentionLossError` or `RebuiltKafkaError`.

`python -m jobs.kafka_to_bronze.tools.accept_loss --help` lists its options.

A person decides that records are gone for good, or that a rebuilt topic starts over. The decision is a snapshot of the
table, whose summary says what was given up. Stop the sink before.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import structlog
import typer
from confluent_kafka import Consumer
from pyiceberg.table import Table

from contracts.settings import SinkSettings
from contracts.sink_progress import (
    ACCEPTED_ENDS,
    ACCEPTED_LOSS,
    COMMIT_ID,
    EPOCHS,
    OFFSETS,
    WRITER,
    KafkaIdentity,
    OffsetRange,
    PartitionProgress,
    Progress,
    encode_ends,
    encode_epochs,
    encode_progress,
    epochs_of,
    identity_of,
    progress_of,
)
from jobs.kafka_to_bronze.reading.kafka_topics import KafkaUnavailableError, identify_topics, log_range
from jobs.runtime.iceberg import UNAVAILABLE_ERRORS, open_catalog, single_attempt
from jobs.runtime.kafka import client_config
from jobs.runtime.logs import configure_logs
from jobs.runtime.settings import SettingsError, load_settings

WRITER_NAME = "accept-loss"

log = structlog.get_logger()


def accept(progress: Progress, logs: Mapping[int, OffsetRange], is_rebuilt: bool, commit_id: str) -> Progress:
    """Progress from which reading can go on: at the log's start where the table's end is not in the log. Pure."""
    accepted: dict[int, PartitionProgress] = {} if is_rebuilt else dict(progress)
    for partition, done in progress.items():
        held = logs.get(partition)
        if held is not None and not is_rebuilt and not held.start <= done.end <= held.end:
            # A cut log starts over, and with it the range that the table can answer for.
            first = done.first if done.end < held.start else held.start
            accepted[partition] = PartitionProgress(first, held.start, commit_id, WRITER_NAME)
    return accepted


def begins_epoch(before: Progress, after: Progress) -> bool:
    """True when positions that the table may hold are given to records once more. Pure."""
    return any(partition not in after or after[partition].end < done.end for partition, done in before.items())


def main(
    settings: Annotated[Path, typer.Option(help="The sink's settings file")],
    topic: Annotated[str, typer.Option(help="Topic whose table is to go on")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be given up, and change nothing")] = False,
) -> None:
    """Accept that records are gone, or that a rebuilt topic starts over, so that the sink can go on."""
    configure_logs("accept-loss")
    try:
        _accept(load_settings(SinkSettings, settings), topic, dry_run)
    except (SettingsError, KafkaUnavailableError, *UNAVAILABLE_ERRORS) as error:
        log.error("nothing was changed", error=type(error).__name__, message=str(error))
        raise typer.Exit(1) from error


def _accept(settings: SinkSettings, topic: str, dry_run: bool) -> None:
    connection = client_config(settings.kafka, os.environ)
    identity = identify_topics(connection, (topic,))[topic]
    table = open_catalog(settings.catalog, settings.s3, os.environ).load_table((settings.namespace, topic))
    before = progress_of(table.properties)
    is_rebuilt = identity_of(table.properties) not in (None, identity)
    commit_id = uuid4().hex
    after = accept(before, _logs(connection, settings.consumer_group, topic, before), is_rebuilt, commit_id)
    if dict(after) == before and not is_rebuilt:
        log.info("nothing to accept: the table joins the log", topic=topic)
        return
    log.warning(
        "would be accepted" if dry_run else "accepted",
        topic=topic,
        rebuilt=is_rebuilt,
        before=encode_progress(before),
        after=encode_progress(after),
    )
    if not dry_run:
        _write(table, identity, before, after, commit_id)


def _logs(connection: Mapping[str, str], group: str, topic: str, progress: Progress) -> dict[int, OffsetRange]:
    consumer = Consumer({**connection, "group.id": group})
    try:
        known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        return {partition: log_range(consumer, topic, partition) for partition in progress if partition in known}
    finally:
        consumer.close()


def _write(table: Table, identity: KafkaIdentity, before: Progress, after: Progress, commit_id: str) -> None:
    summary = {
        COMMIT_ID: commit_id,
        WRITER: WRITER_NAME,
        ACCEPTED_LOSS: encode_progress(before),
        ACCEPTED_ENDS: encode_ends({partition: done.end for partition, done in after.items()}),
    }
    properties = {**identity.as_properties(), OFFSETS: encode_progress(after), COMMIT_ID: commit_id}
    if begins_epoch(before, after):
        properties[EPOCHS] = encode_epochs((*epochs_of(table.properties), datetime.now(UTC)))
    with single_attempt(table).transaction() as transaction:
        transaction.set_properties(properties)
        with transaction.update_snapshot(snapshot_properties=summary).fast_append():
            pass


if __name__ == "__main__":
    typer.run(main)
