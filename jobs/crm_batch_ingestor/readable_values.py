"""Which values of the source the contract has a place for, as SQL on the source. Pure.

PostgreSQL knows values that the tables cannot hold: NaN, infinity, more digits than money has, years before the first
and beyond the 9999th. Texts, whole numbers and truth values always fit.
"""

from collections.abc import Mapping

from psycopg2 import sql

from contracts.batch_tables import UPDATED_AT_COLUMN
from contracts.events.field_types import MONEY_PRECISION, MONEY_SCALE
from contracts.tables import Column
from contracts.wire_fields import FieldType

# NaN is greater than every number to PostgreSQL, infinity included, and equal to itself.
_READABLE_IF: Mapping[FieldType, sql.SQL] = {
    FieldType.TIMESTAMP: sql.SQL("{column} between '0001-01-01 UTC' and '9999-12-31 UTC'"),
    FieldType.DOUBLE: sql.SQL("{column} > '-infinity' and {column} < 'infinity'"),
    FieldType.MONEY: sql.SQL(
        f"abs({{column}}) < 1e{MONEY_PRECISION - MONEY_SCALE} and {{column}} = round({{column}}, {MONEY_SCALE})"
    ),
}
# Zeros behind the last decimal of money are no further digits.
_AS_READ: Mapping[FieldType, sql.SQL] = {
    FieldType.MONEY: sql.SQL(f"{{column}}::numeric({MONEY_PRECISION}, {MONEY_SCALE})")
}


def readable(column: Column, value: sql.Composable) -> sql.Composable:
    """The value if the contract has a place for it, else null."""
    if column.type not in _READABLE_IF:
        return value
    as_read = _AS_READ[column.type].format(column=value) if column.type in _AS_READ else value
    return sql.SQL("case when {is_readable} then {as_read} end").format(
        is_readable=_READABLE_IF[column.type].format(column=value), as_read=as_read
    )


def unreadable_values(columns: Mapping[Column, sql.Composable]) -> sql.Composable:
    """JSON object of the values of a row that the contract has no place for, as text by column; null without any.

    The stamp of the last change is left out: it decides nothing, and one that cannot be read counts as none.
    """
    told = [
        sql.SQL("{name}, case when not ({is_readable}) then {column}::text end").format(
            name=sql.Literal(column.name), is_readable=_READABLE_IF[column.type].format(column=value), column=value
        )
        for column, value in columns.items()
        if column.type in _READABLE_IF and column.name != UPDATED_AT_COLUMN
    ]
    if not told:
        return sql.SQL("null::text")
    return sql.SQL("nullif(jsonb_strip_nulls(jsonb_build_object({told})), '{{}}')::text").format(
        told=sql.SQL(", ").join(told)
    )
