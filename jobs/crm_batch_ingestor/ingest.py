"""One run: every table, from one snapshot of the source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import structlog
from pyiceberg.catalog import Catalog

from contracts.batch_tables import BatchTable
from jobs.crm_batch_ingestor.bronze import BronzeLog
from jobs.crm_batch_ingestor.comparison import Comparison, open_comparison
from jobs.crm_batch_ingestor.source import SourceSnapshot
from jobs.crm_batch_ingestor.source_schema import check_source
from jobs.crm_batch_ingestor.versions import Batch, tombstones, versions

log = structlog.get_logger()


class IncompleteReadError(Exception):
    """The source did not give a row that it has listed in the same snapshot."""


@dataclass
class Ingested:
    """What a run added to one table."""

    table: str
    changed: int = 0
    deleted: int = 0


def ingest_all(
    source: SourceSnapshot, catalog: Catalog, tables: Iterable[BatchTable], batch: Batch
) -> Iterator[Ingested]:
    """Ingest `tables` one after the other. Each commits by itself, so the next run goes on where one was cut short.

    Optional tables that the source does not have are left out. Raises `SourceSchemaError` before anything is read.
    """
    wanted = tuple(tables)
    checked = check_source(wanted, source.columns(wanted))
    for table_name, columns in checked.unknown_columns.items():
        log.warning("columns_not_in_contract", table=table_name, columns=columns)
    for table_name in checked.absent_tables:
        log.warning("optional_table_absent", table=table_name)
    for table in checked.tables:
        yield ingest_table(source, BronzeLog(catalog, table), table, batch)


def ingest_table(source: SourceSnapshot, bronze: BronzeLog, table: BatchTable, batch: Batch) -> Ingested:
    """Append the rows that differ from the newest entry of their key, and tombstones for keys that are gone.

    Without a difference it adds no snapshot, so that a rerun leaves the rows as they are.
    """
    done = Ingested(table.name)
    with open_comparison() as comparison:
        comparison.load(source.digests(table), bronze.entries())
        this_run = batch.after(comparison.newest_run())
        bronze.append(_differences(source, comparison, table, this_run, done), this_run.at)
    return done


def _differences(
    source: SourceSnapshot, comparison: Comparison, table: BatchTable, batch: Batch, done: Ingested
) -> Iterator[pa.Table]:
    for changed in comparison.changed():
        rows = source.rows(table, changed.column("key").to_pylist())
        if rows.num_rows != changed.num_rows:
            raise IncompleteReadError(
                f"{table.source_schema}.{table.source_table} gave {rows.num_rows} rows for {changed.num_rows} keys"
            )
        done.changed += rows.num_rows
        yield versions(table, rows, changed, batch)
    for gone in comparison.gone():
        done.deleted += gone.num_rows
        yield tombstones(table, gone.column("key"), batch)
