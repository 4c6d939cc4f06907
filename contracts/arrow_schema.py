"""Arrow schemas of an event: as parsed from the wire, and as a bronze table holds it."""

import pyarrow as pa

from contracts.events import Event
from contracts.events.field_types import MONEY_PRECISION, MONEY_SCALE
from contracts.tables import TableColumns
from contracts.wire_fields import FieldType, wire_fields

_STRING_LIST = pa.list_(pa.field("element", pa.string(), nullable=False))
# Iceberg's timestamptz is microseconds in UTC.
_COLUMN_TYPES = {
    FieldType.STRING: pa.string(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.INT: pa.int32(),
    FieldType.LONG: pa.int64(),
    FieldType.DOUBLE: pa.float64(),
    FieldType.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    FieldType.MONEY: pa.decimal128(MONEY_PRECISION, MONEY_SCALE),
    FieldType.STRING_LIST: _STRING_LIST,
}
# pyarrow.json reads a timestamp from a string only, so the wire's milliseconds stay int64 until they are cast.
_WIRE_TYPES = _COLUMN_TYPES | {FieldType.TIMESTAMP: pa.int64(), FieldType.STRING_LIST: pa.list_(pa.string())}


def wire_arrow_schema(model: type[Event]) -> pa.Schema:
    """Schema for `pyarrow.json` (`explicit_schema`): wire names, timestamps as int64 milliseconds.

    Every field is nullable, so that a required one that is missing shows up as null and can be refused by name.
    """
    return pa.schema([pa.field(field.name, _WIRE_TYPES[field.type]) for field in wire_fields(model)])


def bronze_arrow_schema(table: TableColumns) -> pa.Schema:
    """Schema of the table's rows, ingest columns included; required columns are not nullable."""
    return pa.schema(
        [pa.field(column.name, _COLUMN_TYPES[column.type], nullable=not column.required) for column in table.columns]
    )
