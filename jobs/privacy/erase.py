"""Takes a person out of bronze, silver and gold, and out of every snapshot that still held them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.expressions import And, BooleanExpression, Not
from pyiceberg.table import Table

from contracts.tables import BRONZE_NAMESPACE
from jobs.privacy.subject import (
    OTHER_NUMBER_COLUMNS,
    OTHER_TOKEN_COLUMN,
    Subject,
    mentions,
    own_rows,
    replacement,
)
from jobs.runtime.published_tags import PREVIOUS_TAG, PUBLISHED_TAG
from jobs.runtime.trino import TrinoSql

NAMESPACES = ("bronze", "silver", "gold")
# A tag that holds erased rows would keep them readable and their files alive.
TAGS = (PUBLISHED_TAG, PREVIOUS_TAG)
LARGER_THAN_ANY_FILE = "100TB"
_PINNED = re.compile(r"\bfor\s+version\s+as\s+of\s+\d+\b", re.IGNORECASE)
_PINNED_IN_ANY_WAY = re.compile(r"\bas\s+of\b", re.IGNORECASE)


class UnpublishedGoldError(Exception):
    """Readers see an older state than the tables hold; moving their tag would publish what was not audited."""


class UnknownPinError(Exception):
    """A view names the snapshot that it shows in a way that we cannot change; that snapshot is gone."""


@dataclass(frozen=True)
class Erased:
    """What was done to one table."""

    table: str
    deleted_rows: int
    redacted_rows: int


def erase(catalog: Catalog, sql: TrinoSql, subject: Subject) -> Iterator[Erased]:
    """Erase table by table, and expire the snapshots of every table that changed. Running it again finds nothing.

    Raises `UnpublishedGoldError` before the first change, `UnknownPinError` after a table whose view it cannot mend.
    """
    tables = [table for table in lake_tables(catalog) if _concerns(table, subject)]
    _require_published(tables)
    for table in tables:
        _apply_pending_deletes(sql, table)
        done = _erase_rows(table.refresh(), subject)
        _close_deletions(table.refresh())
        _move_tags_to_current(table.refresh())
        _expire_snapshots(sql, table)
        if table.name()[-2] == BRONZE_NAMESPACE:  # models read no other tables through views
            _pin_view_to_current(sql, table.refresh())
        yield done


def lake_tables(catalog: Catalog) -> Iterator[Table]:
    """Every table that may hold a person."""
    for namespace in NAMESPACES:
        for identifier in sorted(catalog.list_tables(namespace)):
            yield catalog.load_table(identifier)


def _concerns(table: Table, subject: Subject) -> bool:
    columns = table.schema().column_names
    return (
        table.current_snapshot() is not None and (own_rows(subject, columns) or mentions(subject, columns)) is not None
    )


def _require_published(tables: list[Table]) -> None:
    stale = [
        ".".join(table.name())
        for table in tables
        if PUBLISHED_TAG in table.metadata.refs
        and table.metadata.refs[PUBLISHED_TAG].snapshot_id != table.metadata.current_snapshot_id
    ]
    if stale:
        raise UnpublishedGoldError(
            f"readers of {', '.join(stale)} see an older state than the table holds, because a publication was rolled"
            " back. Erasure moves what they see to the erased state, so publish first: "
            "`python -m jobs.nightly --settings FILE`."
        )


def _erase_rows(table: Table, subject: Subject) -> Erased:
    columns = table.schema().column_names
    own, mention = own_rows(subject, columns), mentions(subject, columns)
    if own is not None and mention is not None:
        # The person's own rows are deleted, not redacted.
        mention = And(mention, Not(own))
    deleted, redacted = _matching(table, own), _matching(table, mention)
    with table.transaction() as transaction:
        if deleted.num_rows and own is not None:
            transaction.delete(own)
        if redacted.num_rows and mention is not None:
            transaction.delete(mention)
            transaction.append(_redact(redacted))
    return Erased(".".join(table.name()), deleted.num_rows, redacted.num_rows)


def _matching(table: Table, row_filter: BooleanExpression | None) -> pa.Table:
    if row_filter is None:
        return table.schema().as_arrow().empty_table()
    return table.scan(row_filter).to_arrow()


def _redact(rows: pa.Table) -> pa.Table:
    for name in (*OTHER_NUMBER_COLUMNS, OTHER_TOKEN_COLUMN):
        if name in rows.column_names:
            position, field = rows.schema.get_field_index(name), rows.schema.field(name)
            values = pa.array([replacement(name)] * rows.num_rows, field.type)
            rows = rows.set_column(position, field, values)
    return rows


def _apply_pending_deletes(sql: TrinoSql, table: Table) -> None:
    """Rewrite a table with delete files: rows that a MERGE replaced still lie in its data files, marked as deleted."""
    if int(_summary(table).get("total-delete-files", "0")):
        sql.run(f"alter table {_name(sql, table)} execute optimize(file_size_threshold => '{LARGER_THAN_ANY_FILE}')")


def _close_deletions(table: Table) -> None:
    """Add an empty snapshot behind one that deleted files: expiry removes those files with the snapshot itself."""
    if int(_summary(table).get("deleted-data-files", "0")):
        table.append(table.schema().as_arrow().empty_table())


def _move_tags_to_current(table: Table) -> None:
    current = table.current_snapshot()
    tags = [tag for tag in TAGS if tag in table.metadata.refs]
    if current is None or not tags:
        return
    with table.manage_snapshots() as refs:
        for tag in tags:
            refs.create_tag(current.snapshot_id, tag)


def _expire_snapshots(sql: TrinoSql, table: Table) -> None:
    """Let Trino delete the files that only expired snapshots used. Files of jobs in flight are not touched."""
    sql.run(f"set session {sql.catalog}.expire_snapshots_min_retention = '0s'")
    sql.run(f"alter table {_name(sql, table)} execute expire_snapshots(retention_threshold => '0s')")


def _pin_view_to_current(sql: TrinoSql, table: Table) -> None:
    """Let the view through which models read a bronze table show the snapshot that is left, not one that is gone.

    dbt defines the view (macro `bronze_table`); only the snapshot in its definition changes here.
    """
    namespace, name = table.name()[-2:]
    view = f"{namespace}_{name}"
    defined = sql.rows(
        f"select view_definition as statement from {sql.catalog}.information_schema.views"  # noqa: S608
        f" where table_schema = '{namespace}' and table_name = '{view}'"
    )
    for row in defined:
        statement = pinned_to(row["statement"], table.metadata.current_snapshot_id)
        sql.run(f"create or replace view {sql.catalog}.{namespace}.{view} as {statement}")


def pinned_to(statement: str, snapshot_id: int | None) -> str:
    """A query of one table that shows this snapshot of it, where it showed another; all else is as it was.

    Raises `UnknownPinError`.
    """
    pinned, count = _PINNED.subn(f"for version as of {snapshot_id}", statement)
    if count < len(_PINNED_IN_ANY_WAY.findall(statement)):
        raise UnknownPinError(f"a view still shows a snapshot that is gone, pinned in a way that is new: {statement}")
    return pinned


def _name(sql: TrinoSql, table: Table) -> str:
    namespace, name = table.name()[-2:]
    return f"{sql.catalog}.{namespace}.{name}"


def _summary(table: Table) -> Mapping[str, str]:
    snapshot = table.current_snapshot()
    return snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
