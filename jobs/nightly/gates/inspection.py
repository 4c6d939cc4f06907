"""How each gate takes its readings: by SQL on the audited snapshots, or from the tables' metadata."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files

from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from contracts.batch_tables import BATCH_TABLES
from contracts.events import FraudAlert
from contracts.iceberg_schema import iceberg_schema
from contracts.tables import BRONZE_TABLE_BY_TOPIC, TableColumns
from jobs.nightly.audited_run import AuditedRun, TableName, render
from jobs.nightly.gates.completeness import SinkCommit, completeness, dead_letter_share, sink_commits
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.left_behind import left_behind
from jobs.nightly.gates.personal_data import scan_statement
from jobs.nightly.gates.schema_diff import schema_readings
from jobs.runtime.trino import TrinoSql

DEAD_LETTER_LIMIT = 0.01
# Topics whose producer is transactional, so that its markers take offsets.
TRANSACTIONAL_TOPICS = frozenset({FraudAlert.topic})
MAX_FILES_PER_PARTITION = 200
MAX_DELETE_FILES_PER_DATA_FILE = 0.5


@dataclass(frozen=True)
class Inspection:
    """A run under audit, and the engines that can be asked about it."""

    run: AuditedRun
    sql: TrinoSql
    catalog: Catalog
    _tables: dict[TableName, Table] = field(default_factory=dict)

    def table(self, identifier: TableName) -> Table:
        """A table as it was when the first gate asked for it."""
        if identifier not in self._tables:
            self._tables[identifier] = self.catalog.load_table(identifier)
        return self._tables[identifier]

    def readings(self, gate_name: str) -> list[Reading]:
        """Readings of one gate."""
        special = _METADATA_GATES.get(gate_name)
        return special(self) if special else self.query(gate_name)

    def query(self, name: str) -> list[Reading]:
        """Rows of `sql/<name>.sql`: subject, value and, if given, detail."""
        statement = files("jobs.nightly.gates").joinpath("sql", f"{name}.sql").read_text()
        rows = self.sql.rows(render(statement, self.run, self.sql.catalog))
        return [Reading(row["subject"], float(row["value"] or 0), row.get("detail") or "") for row in rows]


def _completeness(inspection: Inspection) -> list[Reading]:
    in_bronze = [
        reading
        for topic, table in _event_tables(inspection).items()
        for reading in completeness(topic, _commits(table, inspection.run), topic in TRANSACTIONAL_TOPICS)
    ]
    return in_bronze + left_behind(inspection.run.rows_left_behind)


def _late_and_dead_letters(inspection: Inspection) -> list[Reading]:
    first_ms = int(dt.datetime.combine(inspection.run.window_start, dt.time(), dt.UTC).timestamp() * 1000)
    shares = {
        topic: dead_letter_share(_commits(table, inspection.run, since_ms=first_ms))
        for topic, table in _event_tables(inspection).items()
    }
    letters = [
        Reading(f"{topic} dead letters", share / DEAD_LETTER_LIMIT, f"{share:.3%} of records")
        for topic, share in shares.items()
    ]
    return [*inspection.query("late_events"), *letters]


def _schema(inspection: Inspection) -> list[Reading]:
    contracts: dict[TableName, TableColumns] = {table.identifier: table for table in BRONZE_TABLE_BY_TOPIC.values()}
    contracts |= {table.identifier: table for table in BATCH_TABLES}
    return [
        reading
        for identifier, contract in contracts.items()
        for reading in schema_readings(
            ".".join(identifier), _contract_types(contract), _actual_types(inspection.table(identifier))
        )
    ]


def _personal_data(inspection: Inspection) -> list[Reading]:
    run, catalog = inspection.run, inspection.sql.catalog
    gold = {name: snapshot for (namespace, name), snapshot in run.outputs.items() if namespace == "gold"}
    columns = {name: _actual_types(inspection.table(("gold", name))) for name in gold}
    statements = [scan_statement(f"{catalog}.gold", name, gold[name], columns[name], run) for name in gold]
    scans = [statement for statement in statements if statement]
    rows = inspection.sql.rows(" union all ".join(scans)) if scans else []
    return [Reading(row["subject"], float(row["value"])) for row in rows]


def _maintenance(inspection: Inspection) -> list[Reading]:
    tables = [contract.identifier for contract in BRONZE_TABLE_BY_TOPIC.values()]
    counts = " union all ".join(
        f"select '{name} files' as subject, max(file_count) as files"  # noqa: S608
        f' from {inspection.sql.catalog}.{namespace}."{name}$partitions"'
        for namespace, name in tables
    )
    in_partitions = [
        Reading(row["subject"], (row["files"] or 0) / MAX_FILES_PER_PARTITION, f"{row['files'] or 0} in one partition")
        for row in inspection.sql.rows(counts)
    ]
    return in_partitions + [_delete_files(inspection.table(identifier)) for identifier in tables]


def _lineage(inspection: Inspection) -> list[Reading]:
    expected = {table.identifier for table in BRONZE_TABLE_BY_TOPIC.values()}
    expected |= {table.identifier for table in BATCH_TABLES}
    missing = sorted(expected - inspection.run.inputs.keys())
    readings = [Reading(".".join(identifier), 1, "input without snapshot") for identifier in missing]
    if not any(namespace == "gold" for namespace, _ in inspection.run.outputs):
        readings.append(Reading("gold", 1, "no output was recorded"))
    return readings


_METADATA_GATES: dict[str, Callable[[Inspection], list[Reading]]] = {
    "completeness": _completeness,
    "late_and_dead_letters": _late_and_dead_letters,
    "schema": _schema,
    "personal_data": _personal_data,
    "maintenance": _maintenance,
    "lineage": _lineage,
}


def _event_tables(inspection: Inspection) -> dict[str, Table]:
    return {topic: inspection.table(contract.identifier) for topic, contract in BRONZE_TABLE_BY_TOPIC.items()}


def _commits(table: Table, run: AuditedRun, since_ms: int = 0) -> list[SinkCommit]:
    audited = run.inputs.get((table.name()[-2], table.name()[-1]))
    snapshots = sorted(table.metadata.snapshots, key=lambda snapshot: snapshot.sequence_number or 0)
    newest = next((s.sequence_number or 0 for s in snapshots if s.snapshot_id == audited), 0)
    return sink_commits(
        (snapshot.snapshot_id, snapshot.summary.additional_properties)
        for snapshot in snapshots
        if snapshot.summary and (snapshot.sequence_number or 0) <= newest and snapshot.timestamp_ms >= since_ms
    )


def _contract_types(contract: TableColumns) -> dict[str, str]:
    return {field.name: str(field.field_type) for field in iceberg_schema(contract).fields}


def _actual_types(table: Table) -> dict[str, str]:
    return {field.name: str(field.field_type) for field in table.schema().fields}


def _delete_files(table: Table) -> Reading:
    snapshot = table.current_snapshot()
    summary = snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
    data_files, delete_files = (int(summary.get(f"total-{kind}-files", "0")) for kind in ("data", "delete"))
    share = delete_files / max(1, data_files)
    return Reading(f"{table.name()[-1]} delete files", share / MAX_DELETE_FILES_PER_DATA_FILE, f"{delete_files} in all")
