"""The run that changes silver and gold at this moment, or died over it: a table of at most one row.

It holds what the tables that the run builds were before it. The act that publishes the run, or puts the tables back,
takes the row away in the same commit; so a row that is there when nobody holds the lock (`lake_lock.py`) tells of a
dead run. Each act requires that the row is still that of its run: a run that others took for dead, because it lost the
lock or the catalog has none, changes nothing more.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.table import Table

from contracts.tables import AUDIT_NAMESPACE
from jobs.runtime.iceberg import load_or_create
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.published_tags import DBT_TEMPORARY
from jobs.runtime.staged_tables import StagedTables, replace_rows
from jobs.runtime.table_states import TableState

TableName = tuple[str, str]
UNFINISHED_RUN = (AUDIT_NAMESPACE, "unfinished_run")
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


class LostRunError(LakeBusyError):
    """The note is not that of this run: another job took it for dead. The act that raises this changed nothing."""


class Phase(StrEnum):
    """How far a run is."""

    BUILDING = "building"  # tables are to be put back if it dies
    SHOWING = "showing"  # its numbers are published, or put back; views may not have all columns yet


@dataclass(frozen=True)
class UnfinishedRun:
    """A run, and the tables that it builds as they were before it; None for those that were not there.

    Other tables in silver and gold are nothing to it, whoever made them.
    """

    run_id: str
    phase: Phase
    started_at: dt.datetime
    tables_before: Mapping[TableName, TableState | None]

    def is_same_run(self, other: "UnfinishedRun | None") -> bool:
        """True for the same attempt, in whatever phase: a run id may come again."""
        return other is not None and (self.run_id, self.started_at) == (other.run_id, other.started_at)

    def made(self, table: TableName) -> bool:
        """True for a table that was not there before and that the run makes, its dbt's temporary ones included."""
        namespace, name = table
        model, is_temporary, _ = name.partition(DBT_TEMPORARY)
        if is_temporary:
            return (namespace, model) in self.tables_before
        return table in self.tables_before and self.tables_before[table] is None


def begin_run(catalog: Catalog, run_id: str, builds: Collection[TableName]) -> UnfinishedRun:
    """Note that a run begins which builds these tables, and what they are. Raises as `begin_showing`."""
    run = UnfinishedRun(run_id, Phase.BUILDING, dt.datetime.now(dt.UTC), _states(catalog, builds))
    _begin(catalog, run)
    return run


def begin_showing(catalog: Catalog, run_id: str) -> UnfinishedRun:
    """Note that a run begins which changes what readers see, but no table. Raises `LostRunError` if another is noted,
    and what `commit_together` raises.
    """
    run = UnfinishedRun(run_id, Phase.SHOWING, dt.datetime.now(dt.UTC), {})
    _begin(catalog, run)
    return run


def create_note(catalog: Catalog) -> None:
    """Create the table if it is missing."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    load_or_create(catalog, UNFINISHED_RUN, _SCHEMA)


def unfinished_run(catalog: Catalog) -> UnfinishedRun | None:
    """The run that is noted; None if there is none."""
    try:
        return _noted(catalog.load_table(UNFINISHED_RUN))
    except NoSuchTableError:
        return None


def require_own_note(staged: StagedTables, run: UnfinishedRun | None) -> None:
    """Let the commit of `staged` fail unless the note is still that of `run` then; None: unless there is none.

    Raises `LostRunError` if it is not so now.
    """
    table = staged.load(UNFINISHED_RUN)
    noted = _noted(table)
    if not (noted is None if run is None else run.is_same_run(noted)):
        raise LostRunError(_lost(run, noted))
    staged.require_snapshot(UNFINISHED_RUN, table.metadata.current_snapshot_id)


def note_phase(staged: StagedTables, run: UnfinishedRun, phase: Phase) -> None:
    """Let the commit of `staged` write down the phase, too. Raises as `require_own_note`."""
    require_own_note(staged, run)
    _write(staged, run, phase)


def end_run(staged: StagedTables, run: UnfinishedRun) -> None:
    """Let the commit of `staged` take the note away, too. Raises as `require_own_note`."""
    require_own_note(staged, run)
    staged.load(UNFINISHED_RUN).delete(AlwaysTrue())


def built_tables(catalog: Catalog) -> list[TableName]:
    """All tables of silver and gold, whoever made them."""
    return [name for namespace in BUILT_NAMESPACES for name in _tables(catalog, namespace)]


def _begin(catalog: Catalog, run: UnfinishedRun) -> None:
    create_note(catalog)
    staged = StagedTables(catalog)
    require_own_note(staged, None)
    _write(staged, run, run.phase)
    staged.commit()


def _lost(run: UnfinishedRun | None, noted: UnfinishedRun | None) -> str:
    what = f"another job took run {run.run_id} for dead and put its tables back" if run else "another job has begun"
    other = f"; run {noted.run_id} has been at work since {noted.started_at:%Y-%m-%d %H:%M:%S %Z}" if noted else ""
    table = ".".join(UNFINISHED_RUN)
    return f"{what}{other}. Nothing was changed. Run this again when {table} has no row of another run any more."


def _noted(table: Table) -> UnfinishedRun | None:
    rows = table.scan().to_arrow().to_pylist()
    if not rows:
        return None
    (row,) = rows
    tables: dict[str, dict[str, object] | None] = json.loads(row["tables_before"])
    states = {_parted(name): TableState.from_json(fields) if fields else None for name, fields in tables.items()}
    return UnfinishedRun(row["run_id"], Phase(row["phase"]), row["started_at"], states)


def _write(staged: StagedTables, run: UnfinishedRun, phase: Phase) -> None:
    tables = {".".join(name): state and state.as_json() for name, state in run.tables_before.items()}
    row = {
        "run_id": run.run_id,
        "phase": str(phase),
        "started_at": run.started_at,
        "tables_before": json.dumps(tables if phase is Phase.BUILDING else {}),
    }
    replace_rows(staged.load(UNFINISHED_RUN), pa.Table.from_pylist([row], schema=_SCHEMA))


def _tables(catalog: Catalog, namespace: str) -> Iterator[TableName]:
    try:
        for identifier in sorted(catalog.list_tables(namespace)):
            yield identifier[0], identifier[1]
    except NoSuchNamespaceError:
        return


def _states(catalog: Catalog, names: Collection[TableName]) -> dict[TableName, TableState | None]:
    there = set(built_tables(catalog))

    def state(name: TableName) -> TableState | None:
        return TableState.of(catalog.load_table(name)) if name in there else None

    ordered = sorted(names)
    with ThreadPoolExecutor(TABLES_AT_ONCE, thread_name_prefix="state") as pool:
        return dict(zip(ordered, pool.map(state, ordered), strict=True))


def _parted(name: str) -> TableName:
    namespace, _, table = name.partition(".")
    return namespace, table
