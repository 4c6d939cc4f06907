"""What silver was last made from, so that the next run goes on there: a table of one row, `audit.silver_build`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from jobs.nightly.audited_run import AUDIT_NAMESPACE, TableName
from jobs.runtime.iceberg import load_or_create

SILVER_BUILD = (AUDIT_NAMESPACE, "silver_build")
SILVER = "silver"
_SCHEMA = pa.schema([("project_digest", pa.string()), ("inputs", pa.string()), ("outputs", pa.string())])


@dataclass(frozen=True)
class SilverBuild:
    """All rows of the bronze snapshots `inputs` are in the silver snapshots `outputs`, as this project makes them."""

    project_digest: str
    inputs: Mapping[TableName, int]
    outputs: Mapping[TableName, int]

    def is_untouched(self, silver: Mapping[TableName, int]) -> bool:
        """True when nobody has changed a silver table since; other tables in the namespace do not count."""
        return all(silver.get(table) == snapshot for table, snapshot in self.outputs.items())


def last_build(catalog: Catalog) -> SilverBuild | None:
    """The newest complete build; None before the first."""
    try:
        rows = catalog.load_table(SILVER_BUILD).scan().to_arrow().to_pylist()
    except NoSuchTableError:
        return None
    if not rows:
        return None
    (row,) = rows
    return SilverBuild(row["project_digest"], _from_json(row["inputs"]), _from_json(row["outputs"]))


def note_build(catalog: Catalog, build: SilverBuild) -> None:
    """Replace the build before by this one."""
    catalog.create_namespace_if_not_exists(AUDIT_NAMESPACE)
    row = {
        "project_digest": build.project_digest,
        "inputs": _to_json(build.inputs),
        "outputs": _to_json(build.outputs),
    }
    table = load_or_create(catalog, SILVER_BUILD, _SCHEMA)
    write = table.append if table.current_snapshot() is None else table.overwrite
    write(pa.Table.from_pylist([row], schema=_SCHEMA))


def _to_json(snapshots: Mapping[TableName, int]) -> str:
    return json.dumps({".".join(table): snapshot for table, snapshot in sorted(snapshots.items())})


def _from_json(text: str) -> dict[TableName, int]:
    snapshots: dict[str, int] = json.loads(text)
    parted = {name.partition("."): snapshot for name, snapshot in snapshots.items()}
    return {(namespace, table): snapshot for (namespace, _, table), snapshot in parted.items()}
