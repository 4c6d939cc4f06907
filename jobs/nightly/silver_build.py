"""What silver was last made from, so that the next run goes on there: `audit.silver_build`, one row, and beside it
`audit.bronze_days`, how many rows bronze had then for each event day. Only the act that publishes a run writes them.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from contracts.tables import AUDIT_NAMESPACE
from jobs.nightly.audited_run import TableName
from jobs.nightly.bronze_days import BronzeDays
from jobs.runtime.iceberg import load_or_create
from jobs.runtime.staged_tables import StagedTables, replace_rows

SILVER_BUILD, BRONZE_DAYS = (AUDIT_NAMESPACE, "silver_build"), (AUDIT_NAMESPACE, "bronze_days")
SILVER = "silver"
# The column's name from before the calendar counted.
_DIGEST = "project_digest"
_BUILD_SCHEMA = pa.schema(
    [
        (_DIGEST, pa.string()),
        ("inputs", pa.string()),
        ("outputs", pa.string()),
        ("pinned_at", pa.timestamp("us", tz="UTC")),
        ("judged_until", pa.timestamp("us", tz="UTC")),
    ]
)
_DAYS_SCHEMA = pa.schema([("table_name", pa.string()), ("utc_day", pa.date32()), ("row_count", pa.int64())])


@dataclass(frozen=True)
class SilverBuild:
    """All rows of the bronze snapshots `inputs` are in the silver snapshots `outputs`, as a project and a calendar with
    this digest make them.

    The snapshots were chosen at `pinned_at`, and an accepted run has judged all hours up to `judged_until` (None in a
    build of before it was noted).
    """

    build_digest: str
    inputs: Mapping[TableName, int]
    outputs: Mapping[TableName, int]
    pinned_at: dt.datetime | None = None
    bronze_days: BronzeDays = field(default_factory=dict)
    judged_until: dt.datetime | None = None

    def is_untouched(self, silver: Mapping[TableName, int]) -> bool:
        """True when nobody has changed a silver table since; other tables in the namespace do not count."""
        return all(silver.get(table) == snapshot for table, snapshot in self.outputs.items())


def last_build(catalog: Catalog) -> SilverBuild | None:
    """The newest build that was accepted; None before the first."""
    rows = _rows(catalog, SILVER_BUILD)
    if not rows:
        return None
    (row,) = rows
    days: defaultdict[str, dict[dt.date, int]] = defaultdict(dict)
    for of_day in _rows(catalog, BRONZE_DAYS):
        days[of_day["table_name"]][of_day["utc_day"]] = of_day["row_count"]
    inputs, outputs = _from_json(row["inputs"]), _from_json(row["outputs"])
    return SilverBuild(row[_DIGEST], inputs, outputs, row.get("pinned_at"), dict(days), row.get("judged_until"))


def create_builds(catalog: Catalog) -> None:
    """Create the tables if they are missing, and give an older one its new columns."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    for name, schema in ((SILVER_BUILD, _BUILD_SCHEMA), (BRONZE_DAYS, _DAYS_SCHEMA)):
        table = load_or_create(catalog, name, schema)
        if set(schema.names) - set(table.schema().column_names):
            with table.update_schema() as columns:
                columns.union_by_name(schema)


def stage_build(staged: StagedTables, build: SilverBuild) -> None:
    """Let the commit of `staged` replace the build before by this one."""
    row = {
        _DIGEST: build.build_digest,
        "inputs": _to_json(build.inputs),
        "outputs": _to_json(build.outputs),
        "pinned_at": build.pinned_at,
        "judged_until": build.judged_until,
    }
    days = [
        {"table_name": table, "utc_day": day, "row_count": count}
        for table, of_table in build.bronze_days.items()
        for day, count in of_table.items()
    ]
    replace_rows(staged.load(SILVER_BUILD), pa.Table.from_pylist([row], schema=_BUILD_SCHEMA))
    replace_rows(staged.load(BRONZE_DAYS), pa.Table.from_pylist(days, schema=_DAYS_SCHEMA))


def _rows(catalog: Catalog, name: TableName) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = catalog.load_table(name).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return []
    return rows


def _to_json(snapshots: Mapping[TableName, int]) -> str:
    return json.dumps({".".join(table): snapshot for table, snapshot in sorted(snapshots.items())})


def _from_json(text: str) -> dict[TableName, int]:
    snapshots: dict[str, int] = json.loads(text)
    parted = {name.partition("."): snapshot for name, snapshot in snapshots.items()}
    return {(namespace, table): snapshot for (namespace, _, table), snapshot in parted.items()}
