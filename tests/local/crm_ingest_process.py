"""The ingestor in a process of its own, which a fail point may kill: `crm_ingest_process.py SETTINGS NAMESPACE`."""

import dataclasses
import sys
from pathlib import Path

from jobs.crm_batch_ingestor import __main__ as ingestor

if __name__ == "__main__":
    settings, namespace = sys.argv[1:]
    ingestor.BATCH_TABLES = tuple(dataclasses.replace(table, namespace=namespace) for table in ingestor.BATCH_TABLES)
    ingestor.main(Path(settings))
