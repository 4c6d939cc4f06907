"""Iceberg schema and partition spec of a bronze table, for pyiceberg."""

from itertools import count

from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform
from pyiceberg.types import (
    BooleanType,
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

from contracts.events.field_types import MONEY_PRECISION, MONEY_SCALE
from contracts.tables import EVENT_TIME_COLUMN, PARTITION_FIELD, Column, TableColumns
from contracts.wire_fields import FieldType

_PRIMITIVE_TYPES: dict[FieldType, IcebergType] = {
    FieldType.STRING: StringType(),
    FieldType.BOOLEAN: BooleanType(),
    FieldType.INT: IntegerType(),
    FieldType.LONG: LongType(),
    FieldType.DOUBLE: DoubleType(),
    FieldType.TIMESTAMP: TimestamptzType(),
    FieldType.MONEY: DecimalType(MONEY_PRECISION, MONEY_SCALE),
}


def iceberg_schema(table: TableColumns) -> Schema:
    """Schema with field ids in column order.

    The ids hold for a new table only: an existing table keeps its own and is evolved by column name.
    """
    element_ids = count(len(table.columns) + 1)
    return Schema(
        *(
            NestedField(
                field_id=position,
                name=column.name,
                field_type=_iceberg_type(column, element_ids),
                required=column.required,
                doc=column.description or None,
            )
            for position, column in enumerate(table.columns, start=1)
        )
    )


def partition_spec(schema: Schema) -> PartitionSpec:
    """Hidden partitioning by day of event time, not of arrival: a late event belongs to its own day."""
    event_time = schema.find_field(EVENT_TIME_COLUMN)
    return PartitionSpec(
        PartitionField(
            source_id=event_time.field_id,
            field_id=PARTITION_FIELD_ID_START,
            transform=DayTransform(),
            name=PARTITION_FIELD,
        )
    )


def _iceberg_type(column: Column, element_ids: "count[int]") -> IcebergType:
    if column.type is FieldType.STRING_LIST:
        return ListType(element_id=next(element_ids), element_type=StringType(), element_required=True)
    return _PRIMITIVE_TYPES[column.type]
