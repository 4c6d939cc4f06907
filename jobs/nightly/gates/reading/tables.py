"""What the tables themselves are like: their columns, their files, and whether they hold personal data."""

from pyiceberg.table import Table

from contracts.batch_tables import BATCH_TABLES
from contracts.gate_settings import MaintenanceGate
from contracts.iceberg_schema import iceberg_schema
from contracts.tables import TableColumns
from jobs.nightly.audited_run import TableName
from jobs.nightly.gates.gate import Reading
from jobs.nightly.gates.inspection import Inspection, readings_of
from jobs.nightly.gates.judging.lineage import lineage_readings
from jobs.nightly.gates.judging.personal_data import scan_statement
from jobs.nightly.gates.judging.schema_diff import schema_readings


def read_schema(inspection: Inspection) -> list[Reading]:
    """Bronze against its contracts."""
    contracts: dict[TableName, TableColumns] = {
        contract.identifier: contract for contract in inspection.bronze_tables.values()
    }
    contracts |= {table.identifier: table for table in BATCH_TABLES}
    return [
        reading
        for identifier, contract in contracts.items()
        for reading in schema_readings(
            ".".join(identifier), _contract_types(contract), _actual_types(inspection.table(identifier))
        )
    ]


def read_personal_data(inspection: Inspection) -> list[Reading]:
    """Values in text columns of gold that look like somebody's number or address."""
    run, gate = inspection.run, inspection.settings.personal_data
    scans = []
    for identifier in sorted(run.outputs):
        namespace, name = identifier
        if namespace == "gold":
            columns = _actual_types(inspection.table(identifier))
            scans.append(scan_statement(f"$gold_{name}", name, columns, gate))
    found = [scan for scan in scans if scan]
    return readings_of(inspection.ask(" union all ".join(found))) if found else []


def read_maintenance(inspection: Inspection) -> list[Reading]:
    """Files per partition and delete files, of the pipeline's topics."""
    gate = inspection.settings.maintenance
    tables = [contract.identifier for contract in inspection.bronze_tables.values()]
    counts = " union all ".join(
        f"select '{name} files' as subject, max(file_count) as files"  # noqa: S608
        f' from {inspection.sql.catalog}.{namespace}."{name}$$partitions"'
        for namespace, name in tables
    )
    in_partitions = [
        Reading(
            row["subject"], (row["files"] or 0) / gate.max_files_per_partition, f"{row['files'] or 0} in a partition"
        )
        for row in (inspection.ask(counts) if tables else [])
    ]
    return in_partitions + [_delete_files(inspection.table(identifier), gate) for identifier in tables]


def read_lineage(inspection: Inspection) -> list[Reading]:
    """Inputs and outputs without a snapshot, or with another one."""
    run = inspection.run
    return lineage_readings(run.read, run.inputs, run.built, run.outputs)


def _contract_types(contract: TableColumns) -> dict[str, str]:
    return {field.name: str(field.field_type) for field in iceberg_schema(contract).fields}


def _actual_types(table: Table) -> dict[str, str]:
    return {field.name: str(field.field_type) for field in table.schema().fields}


def _delete_files(table: Table, gate: MaintenanceGate) -> Reading:
    snapshot = table.current_snapshot()
    summary = snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
    data_files, delete_files = (int(summary.get(f"total-{kind}-files", "0")) for kind in ("data", "delete"))
    share = delete_files / max(1, data_files)
    value = share / gate.max_delete_files_per_data_file
    return Reading(f"{table.name()[-1]} delete files", value, f"{delete_files} in all")
