"""`python -m jobs.privacy --settings FILE --subject MSISDN`: erase a person and prove it."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pyiceberg.catalog import Catalog

from contracts.batch_settings import EraseSettings
from contracts.settings import KafkaConnection
from contracts.sink_progress import progress_of
from contracts.tables import BRONZE_TABLE_BY_TOPIC
from contracts.topics import dead_letter_topic
from jobs.privacy.crm import delete_customer
from jobs.privacy.dead_letters import ErasedDeadLetters, erase_dead_letters
from jobs.privacy.erase import erase, find_subject
from jobs.privacy.proof import search
from jobs.privacy.raw_topics import ErasedRecords, erase_raw_records
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.kafka import client_config
from jobs.runtime.logs import configure_logs
from jobs.runtime.postgres import connect
from jobs.runtime.settings import load_settings
from jobs.runtime.trino import TrinoSql


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of EraseSettings")],
    subject: Annotated[str, typer.Option(help="Phone number, E.164 without '+'")],
) -> None:
    """Erase a person from the CRM, bronze, silver, gold and Kafka, then search all that is left for them.

    Prints what was done as JSON, without the number. Exit code 4 when something is left, records in Kafka that are not
    in bronze yet included: run it again when the sink has read them.
    """
    configure_logs("privacy")
    loaded = load_settings(EraseSettings, settings)
    catalog = open_catalog(loaded.catalog, loaded.s3, os.environ)
    person = find_subject(catalog, subject)
    deleted = delete_customer(connect(loaded.database, os.environ), subject)
    erased = list(erase(catalog, TrinoSql(loaded.trino), person))
    records = list(_erase_raw_records(loaded.kafka, catalog, subject)) if loaded.kafka else []
    letters = list(_erase_dead_letters(loaded.kafka, subject)) if loaded.kafka else []
    proof = search(catalog, person.needles)
    tables = [asdict(done) for done in erased if done.deleted_rows or done.redacted_rows]
    removed = sum(done.removed for done in letters)
    waiting = sum(done.not_in_bronze_yet for done in records)
    summary = {
        "crm_customers_deleted": deleted,
        "tables": tables,
        "dead_letters_removed": removed,
        "kafka_records_removed": sum(done.removed for done in records),
        "kafka_records_not_in_bronze_yet": waiting,
    }
    typer.echo(json.dumps(summary | {"proof": asdict(proof)}))
    if waiting or not proof.is_clean:
        raise typer.Exit(4)


def _erase_raw_records(kafka: KafkaConnection, catalog: Catalog, msisdn: str) -> Iterator[ErasedRecords]:
    config = client_config(kafka, os.environ)
    for topic, table in BRONZE_TABLE_BY_TOPIC.items():
        in_bronze = progress_of(catalog.load_table(table.identifier).properties)
        yield from erase_raw_records(config, topic, msisdn, in_bronze)


def _erase_dead_letters(kafka: KafkaConnection, msisdn: str) -> Iterator[ErasedDeadLetters]:
    config = client_config(kafka, os.environ)
    for topic in BRONZE_TABLE_BY_TOPIC:
        yield from erase_dead_letters(config, dead_letter_topic(topic), msisdn)


if __name__ == "__main__":
    typer.run(main)
