"""One run: every table, from one snapshot of the source."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import structlog
from pyiceberg.catalog import Catalog

from contracts.batch_tables import UNREADABLE_COLUMN, BatchTable
from jobs.crm_batch_ingestor.bronze import BronzeLog, Look
from jobs.crm_batch_ingestor.comparison import EXAMPLE_KEYS, AmbiguousRows, Comparison, open_comparison
from jobs.crm_batch_ingestor.source import SourceSnapshot
from jobs.crm_batch_ingestor.source_schema import check_source
from jobs.crm_batch_ingestor.versions import Batch, tombstones, versions

log = structlog.get_logger()


class IncompleteReadError(Exception):
    """The source did not give a row that it has listed in the same snapshot."""


@dataclass
class Ingested:
    """What a run added to one table, and how many of the source's rows are held back, by reason."""

    table: str
    changed: int = 0
    deleted: int = 0
    held_back: Mapping[str, int] = field(default_factory=dict)


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

    Without a difference it adds no snapshot, so that a rerun leaves the rows as they are. A row that silver has to do
    without stops nothing: it is counted as held back.
    """
    done = Ingested(table.name)
    with open_comparison() as comparison:
        comparison.load(source.digests(table), bronze.entries())
        this_run = batch.after(comparison.newest_run())
        looked = Look(this_run.at, comparison.rows_compared(), Counter(comparison.still_unreadable()))
        _hold_back_ambiguous(comparison.ambiguous(), table, looked)
        bronze.append(_differences(source, comparison, table, this_run, done, looked), looked)
    done.held_back = {reason: count for reason, count in looked.held_back.items() if count}
    return done


def _hold_back_ambiguous(rows: AmbiguousRows, table: BatchTable, looked: Look) -> None:
    if rows.without_key or rows.with_shared_key:
        log.warning("rows_without_own_key", table=table.name, examples=rows.shared_keys, **_by_reason(rows))
    looked.rows += rows.without_key + rows.with_shared_key
    looked.held_back.update(_by_reason(rows))


def _by_reason(rows: AmbiguousRows) -> dict[str, int]:
    return {"no_key": rows.without_key, "shared_key": rows.with_shared_key}


def _differences(
    source: SourceSnapshot, comparison: Comparison, table: BatchTable, batch: Batch, done: Ingested, looked: Look
) -> Iterator[pa.Table]:
    for changed in comparison.changed():
        rows = source.rows(table, changed.column("key").to_pylist())
        if rows.num_rows != changed.num_rows:
            raise IncompleteReadError(
                f"{table.source_schema}.{table.source_table} gave {rows.num_rows} rows for {changed.num_rows} keys"
            )
        done.changed += rows.num_rows
        looked.held_back.update(_unreadable_columns(rows, table))
        yield versions(table, rows, changed, batch)
    for gone in comparison.gone():
        done.deleted += gone.num_rows
        yield tombstones(table, gone.column("key"), batch)


def _unreadable_columns(rows: pa.Table, table: BatchTable) -> Counter[str]:
    """How many of `rows` have a value that the contract has no place for, by column."""
    found = rows.filter(pc.is_valid(rows.column(UNREADABLE_COLUMN)))
    columns = Counter(name for text in found.column(UNREADABLE_COLUMN).to_pylist() for name in json.loads(text))
    if columns:
        keys = found.column(table.key).to_pylist()[:EXAMPLE_KEYS]
        log.warning("values_outside_contract", table=table.name, columns=dict(columns), examples=keys)
    return columns
