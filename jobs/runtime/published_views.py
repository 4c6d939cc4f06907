"""The views `published.<table>`, through which readers see what is tagged, of some tables only while consent holds.

A view names its columns. It goes on to work as long as the tagged snapshot has them, with the same types.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from pyiceberg.table import Table

from jobs.runtime.consent_at_reading import ONLY_WITH_CONSENT, consents_to_profiling
from jobs.runtime.published_tags import GOLD, PUBLISHED_TAG
from jobs.runtime.trino import TrinoSql

PUBLISHED_NAMESPACE = "published"
VIEWS_AT_ONCE = 4
# Type by name, in the order of the table.
Columns = Mapping[str, str]


def columns_at(table: Table, snapshot_id: int) -> dict[str, str]:
    """The columns that a table had in that snapshot."""
    snapshot = table.snapshot_by_id(snapshot_id)
    known = snapshot.schema_id if snapshot else None
    schema = table.schema() if known is None else table.schemas()[known]
    return {field.name: str(field.field_type) for field in schema.fields}


def shared_columns(one: Columns, other: Columns) -> dict[str, str]:
    """The columns that both have, with the same type."""
    return {name: data_type for name, data_type in one.items() if other.get(name) == data_type}


def view_names(sql: TrinoSql) -> set[str]:
    """The tables that have a view."""
    rows = sql.rows(
        f"select table_name from {sql.catalog}.information_schema.tables where table_schema = '{PUBLISHED_NAMESPACE}'"  # noqa: S608
    )
    return {row["table_name"] for row in rows}


def create_views(sql: TrinoSql, columns_by_table: Mapping[str, Columns]) -> None:
    """Create or replace the views of these tables, with exactly these columns."""
    if not columns_by_table:
        return
    sql.run(f"create schema if not exists {sql.catalog}.{PUBLISHED_NAMESPACE}")
    with ThreadPoolExecutor(VIEWS_AT_ONCE, thread_name_prefix="view") as pool:
        list(pool.map(lambda name: _create_view(sql, name, columns_by_table[name]), columns_by_table))


def drop_views(sql: TrinoSql, tables: Iterable[str]) -> None:
    """Drop the views of these tables, if they have one."""
    for name in tables:
        sql.run(f"drop view if exists {sql.catalog}.{PUBLISHED_NAMESPACE}.{name}")


def _create_view(sql: TrinoSql, name: str, columns: Columns) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    only = f" where {consents_to_profiling(sql.catalog)}" if name in ONLY_WITH_CONSENT else ""
    sql.run(
        f"create or replace view {sql.catalog}.{PUBLISHED_NAMESPACE}.{name} security definer as"  # noqa: S608
        f" select {listed} from {sql.catalog}.{GOLD}.{name} for version as of '{PUBLISHED_TAG}'{only}"
    )
