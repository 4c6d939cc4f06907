"""The run that changes silver and gold at this moment, or died over it: a table of at most one row.

It holds what the tables were before the run. The act that publishes the run, or puts the tables back, takes the row
away in the same commit; so a row that is there when nobody holds the lock (`lake_lock.py`) tells of a dead run.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.expressions import AlwaysTrue

from contracts.tables import AUDIT_NAMESPACE
from jobs.runtime.iceberg import load_or_create
from jobs.runtime.staged_tables import StagedTables, replace_rows
from jobs.runtime.table_states import TableState

TableName = tuple[str, str]
UNFINISHED_RUN = (AUDIT_NAMESPACE, "unfinished_run")
# What runs build; only they and what they publish change with a run.
BUILT_NAMESPACES = ("silver", "gold")
TABLES_AT_ONCE = 8
_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("phase", pa.string()),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("tables_before", pa.string()),
    ]
)


class Phase(StrEnum):
    """How far a run is."""

    BUILDING = "building"  # tables are to be put back if it dies
    SHOWING = "showing"  # its numbers are published, or put back; views may not have all columns yet


@dataclass(frozen=True)
class UnfinishedRun:
    """A run, and the tables as they were before it."""

    run_id: str
    phase: Phase
    started_at: dt.datetime
    tables_before: Mapping[TableName, TableState]


def begin_run(catalog: Catalog, run_id: str) -> UnfinishedRun:
    """Note that a run begins, and what the tables are."""
    create_note(catalog)
    run = UnfinishedRun(run_id, Phase.BUILDING, dt.datetime.now(dt.UTC), _states(catalog))
    staged = StagedTables(catalog)
    note_phase(staged, run, Phase.BUILDING)
    staged.commit()
    return run


def run_without_build(catalog: Catalog, run_id: str) -> UnfinishedRun:
    """A run that changes what readers see, but no table: there is nothing to put back, so nothing is noted yet."""
    create_note(catalog)
    return UnfinishedRun(run_id, Phase.SHOWING, dt.datetime.now(dt.UTC), {})


def create_note(catalog: Catalog) -> None:
    """Create the table if it is missing."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    load_or_create(catalog, UNFINISHED_RUN, _SCHEMA)


def unfinished_run(catalog: Catalog) -> UnfinishedRun | None:
    """The run that is noted; None if there is none."""
    try:
        rows = catalog.load_table(UNFINISHED_RUN).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return None
    if not rows:
        return None
    (row,) = rows
    tables: dict[str, dict[str, object]] = json.loads(row["tables_before"])
    states = {_parted(name): TableState.from_json(fields) for name, fields in tables.items()}
    return UnfinishedRun(row["run_id"], Phase(row["phase"]), row["started_at"], states)


def note_phase(staged: StagedTables, run: UnfinishedRun, phase: Phase) -> None:
    """Let the commit of `staged` write down the phase, too."""
    tables = {".".join(name): state.as_json() for name, state in run.tables_before.items()}
    row = {
        "run_id": run.run_id,
        "phase": str(phase),
        "started_at": run.started_at,
        "tables_before": json.dumps(tables if phase is Phase.BUILDING else {}),
    }
    replace_rows(staged.load(UNFINISHED_RUN), pa.Table.from_pylist([row], schema=_SCHEMA))


def end_run(staged: StagedTables) -> None:
    """Let the commit of `staged` take the note away, too, if there is one."""
    table = staged.load(UNFINISHED_RUN)
    if table.scan().count():
        table.delete(AlwaysTrue())


def built_tables(catalog: Catalog) -> list[TableName]:
    """All tables of silver and gold."""
    return [name for namespace in BUILT_NAMESPACES for name in _tables(catalog, namespace)]


def _tables(catalog: Catalog, namespace: str) -> Iterator[TableName]:
    try:
        for identifier in sorted(catalog.list_tables(namespace)):
            yield identifier[0], identifier[1]
    except NoSuchNamespaceError:
        return


def _states(catalog: Catalog) -> dict[TableName, TableState]:
    names = built_tables(catalog)
    with ThreadPoolExecutor(TABLES_AT_ONCE, thread_name_prefix="state") as pool:
        return dict(zip(names, pool.map(lambda name: TableState.of(catalog.load_table(name)), names), strict=True))


def _parted(name: str) -> TableName:
    namespace, _, table = name.partition(".")
    return namespace, table
