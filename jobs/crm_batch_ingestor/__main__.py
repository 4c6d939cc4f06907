"""`python -m jobs.crm_batch_ingestor --settings FILE`: one run."""

import dataclasses
import datetime as dt
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import structlog
import typer

from contracts.batch_settings import CrmIngestSettings
from contracts.batch_tables import BATCH_TABLES
from jobs.crm_batch_ingestor.bronze import OvertakenRunError
from jobs.crm_batch_ingestor.ingest import IncompleteReadError, ingest_all
from jobs.crm_batch_ingestor.source import OtherRunError, UnknownEncodingError, source_snapshot
from jobs.crm_batch_ingestor.source_schema import SourceSchemaError
from jobs.crm_batch_ingestor.versions import Batch
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.postgres import PostgresCredentialsError, connect
from jobs.runtime.settings import load_settings

COMPONENT = "crm-batch-ingestor"
# What the person who runs it can mend.
NAMED_ERRORS = (
    IncompleteReadError,
    OtherRunError,
    OvertakenRunError,
    PostgresCredentialsError,
    SourceSchemaError,
    UnknownEncodingError,
)

log = structlog.get_logger()


def main(settings: Annotated[Path, typer.Option(help="JSON file of CrmIngestSettings")]) -> None:
    """Copy what changed in CRM and billing since the last run into bronze."""
    configure_logs(COMPONENT)
    with fatal_in_one_line(*NAMED_ERRORS):
        loaded = load_settings(CrmIngestSettings, settings)
        catalog = open_catalog(loaded.catalog, loaded.s3, os.environ)
        batch = Batch(batch_id=uuid4().hex, at=dt.datetime.now(dt.UTC))
        connection = connect(loaded.database, os.environ)
        try:
            with source_snapshot(connection, loaded.s3.warehouse) as source:
                for done in ingest_all(source, catalog, BATCH_TABLES, batch):
                    log.info("table_ingested", **dataclasses.asdict(done))
        finally:
            connection.close()


if __name__ == "__main__":
    typer.run(main)
