"""Whether the source still has the tables that the contract names. Pure: what the source has is an argument."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.batch_tables import BatchTable
from contracts.wire_fields import FieldType

_TEXT = ("text", "character varying", "character", "uuid", "USER-DEFINED")
_WHOLE = ("smallint", "integer")
# What PostgreSQL's information_schema calls the types that a column of the contract can be read from.
READABLE_FROM: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.STRING: _TEXT,
    FieldType.BOOLEAN: ("boolean",),
    FieldType.INT: _WHOLE,
    FieldType.LONG: (*_WHOLE, "bigint"),
    FieldType.DOUBLE: ("real", "double precision"),
    FieldType.TIMESTAMP: ("timestamp with time zone",),
    FieldType.MONEY: (*_WHOLE, "bigint", "numeric"),
}
# The source looks up changed rows by their keys; a cast would keep it from using its index.
KEY_TYPES = ("text", "character varying")


class SourceSchemaError(Exception):
    """The source lacks what the contract names. The message lists every table and column; nothing was read."""


@dataclass(frozen=True)
class SourceColumn:
    """A column that the source has now."""

    schema: str
    table: str
    name: str
    type: str


@dataclass(frozen=True)
class CheckedSource:
    """Tables that can be read, and what the source has that the contract does not know."""

    tables: tuple[BatchTable, ...]
    unknown_columns: Mapping[str, tuple[str, ...]]
    absent_tables: tuple[str, ...]


def check_source(tables: Iterable[BatchTable], columns: Iterable[SourceColumn]) -> CheckedSource:
    """Compare the contract with the source's columns. Raises `SourceSchemaError` with every problem at once.

    A new column is no problem, because columns are read by name, but it is reported. An optional table may be absent.
    """
    held: dict[tuple[str, str], dict[str, str]] = {}
    for column in columns:
        held.setdefault((column.schema, column.table), {})[column.name] = column.type
    problems, unknown, present, absent = [], {}, [], []
    for table in tables:
        found = held.get((table.source_schema, table.source_table))
        if found is None and table.is_optional:
            absent.append(table.name)
            continue
        problems += _problems(table, found)
        present.append(table)
        known = {column.name for column in table.source_columns}
        if new := sorted(set(found or ()) - known):
            unknown[_source_name(table)] = tuple(new)
    if problems:
        raise SourceSchemaError(
            f"the CRM does not have what contracts/batch_tables.py names: {'; '.join(problems)}. Nothing was read. "
            "Restore it there, grant SELECT to the ingestor's user, or change the contract."
        )
    return CheckedSource(tuple(present), unknown, tuple(absent))


def _problems(table: BatchTable, found: Mapping[str, str] | None) -> list[str]:
    if found is None:
        return [f"table {_source_name(table)} does not exist or cannot be read"]
    problems = []
    for column in table.source_columns:
        allowed = KEY_TYPES if column.name == table.key else READABLE_FROM[column.type]
        held = found.get(column.name)
        if held is None:
            problems.append(f"column {_source_name(table)}.{column.name} does not exist")
        elif held not in allowed:
            problems.append(f"column {_source_name(table)}.{column.name} is {held}, not {' or '.join(allowed)}")
    return problems


def _source_name(table: BatchTable) -> str:
    return f"{table.source_schema}.{table.source_table}"
