"""An event model as a flat list of fields with one type each; every engine's schemas are derived from it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from contracts.events import Event
from contracts.events.field_types import LogicalType

MILLIS_SUFFIX = "_ms"


class FieldType(StrEnum):
    """Types a wire field can have; every engine's schema has one counterpart for each."""

    STRING = "string"
    BOOLEAN = "boolean"
    INT = "int"
    LONG = "long"
    DOUBLE = "double"
    TIMESTAMP = "timestamp"
    MONEY = "money"
    STRING_LIST = "list<string>"


@dataclass(frozen=True)
class WireField:
    """One field of a JSON event and the column it becomes."""

    name: str
    type: FieldType
    required: bool
    description: str

    @property
    def column_name(self) -> str:
        """Name of the table column: timestamps lose their `_ms`, since they are no longer milliseconds."""
        return self.name.removesuffix(MILLIS_SUFFIX) if self.type is FieldType.TIMESTAMP else self.name


class UnsupportedFieldTypeError(TypeError):
    """An event model uses a Python type without a counterpart in the tables."""


def wire_fields(model: type[Event]) -> tuple[WireField, ...]:
    """Fields of `model` in declaration order. A field is required if it has no default and is not nullable."""
    return tuple(_wire_field(model, name) for name in model.model_fields)


def _wire_field(model: type[Event], name: str) -> WireField:
    info = model.model_fields[name]
    annotation, is_nullable, metadata = _unwrap(info.annotation)
    field_type = _field_type([*info.metadata, *metadata], annotation)
    if field_type is None:
        raise UnsupportedFieldTypeError(
            f"{model.topic}.{name} has type {info.annotation!r}, for which tables have no type. "
            f"Use one of contracts.events.field_types, or add it to {__name__}."
        )
    return WireField(name, field_type, info.is_required() and not is_nullable, info.description or "")


def _unwrap(annotation: Any) -> tuple[Any, bool, list[Any]]:
    """Take `X | None` and `Annotated[X, ...]` apart: the bare type, whether None is allowed, and the metadata."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        bare, is_nullable, more = _unwrap(inner)
        return bare, is_nullable, [*metadata, *more]
    if origin in (Union, UnionType) and type(None) in get_args(annotation):
        (inner,) = (argument for argument in get_args(annotation) if argument is not type(None))
        bare, _, metadata = _unwrap(inner)
        return bare, True, metadata
    return annotation, False, []


_BY_LOGICAL_TYPE = {
    LogicalType.TIMESTAMP_MILLIS: FieldType.TIMESTAMP,
    LogicalType.MONEY: FieldType.MONEY,
    LogicalType.INT32: FieldType.INT,
}
_BY_PYTHON_TYPE = {
    str: FieldType.STRING,
    bool: FieldType.BOOLEAN,
    int: FieldType.LONG,
    float: FieldType.DOUBLE,
    Decimal: FieldType.MONEY,
    list[str]: FieldType.STRING_LIST,
}


def _field_type(metadata: list[Any], annotation: Any) -> FieldType | None:
    for item in metadata:
        if isinstance(item, LogicalType):
            return _BY_LOGICAL_TYPE[item]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return FieldType.STRING
    return _BY_PYTHON_TYPE.get(annotation)
