"""One record against its contract, field by field: exact but slow, so that only suspicious records come here.

What is checked is the *shape*: a JSON object, required fields present, every value of a type that the table can hold.
What a value means (a known enum member, a plausible latitude) is for silver to judge: bronze keeps it.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import Any

import orjson

from contracts.dead_letters import DeadLetterReason
from contracts.events import Event
from contracts.events.field_types import MONEY_PRECISION, MONEY_SCALE
from contracts.wire_fields import FieldType, WireField, wire_fields

# 9998-12-31T23:59:59.999Z. Readers in Python, and pyiceberg's own column statistics, cannot represent an instant after
# the year 9999, and somewhere on Earth, or a day later, its last hours lie beyond it.
NEWEST_TIMESTAMP_MILLIS = 253_370_764_799_999
SCHEMA_VERSION_FIELD = "schema_version"
_DECIMAL_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)


@dataclass(frozen=True)
class Rejection:
    """Why a record cannot become a row."""

    reason: DeadLetterReason
    error: str


@dataclass(frozen=True)
class Acceptance:
    """A record as one line of JSON with the contract's fields only, and as JSON what else it held."""

    line: bytes
    unknown_fields: str | None


def unknown_version(version: int, newest: int) -> Rejection:
    """Refusal of a record whose schema version its reader, whichever job that is, does not know."""
    return Rejection(
        DeadLetterReason.UNSUPPORTED_SCHEMA_VERSION,
        f"schema_version {version} is not known here, only 1 to {newest}. "
        "Upgrade what reads the topic, then replay the dead letters of this reason.",
    )


class ContractCheck:
    """Judges the records of one topic."""

    def __init__(self, model: type[Event]) -> None:
        self._fields = {field.name: field for field in wire_fields(model)}
        self._newest_version = model.current_schema_version
        # Few combinations occur, so each is judged once; the bound protects against a hostile stream.
        self._are_right_types = lru_cache(maxsize=1024)(self._judge_types)

    def examine(self, value: bytes | None) -> Acceptance | Rejection:
        """Accept the record or say what is wrong with it. Of a key that occurs twice, the last value counts."""
        if not value:
            return Rejection(DeadLetterReason.EMPTY, "the record has no value")
        try:
            event = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            return Rejection(DeadLetterReason.UNPARSEABLE, f"not JSON: {error}")
        if not isinstance(event, dict):
            return Rejection(DeadLetterReason.NOT_AN_OBJECT, f"a JSON object is expected, not {_json_type(event)}")
        return self._problem(event) or self._accept(event)

    def unknown_fields(self, event: Mapping[str, Any]) -> str | None:
        """JSON of the fields that the contract does not know; None if there are none."""
        if event.keys() <= self._fields.keys():
            return None
        return orjson.dumps({name: event[name] for name in event if name not in self._fields}).decode()

    def has_right_types(self, event: Mapping[str, Any]) -> bool:
        """Look at the types alone: True for most good events, False for every event with a wrong type on the top level.

        Ranges, and what lists hold, are checked elsewhere.
        """
        return self._are_right_types(tuple(map(type, map(event.get, self._fields))))

    def _judge_types(self, types: tuple[type, ...]) -> bool:
        return all(
            not field.required if found is NoneType else found in _PYTHON_TYPES[field.type]
            for field, found in zip(self._fields.values(), types, strict=True)
        )

    def _accept(self, event: Mapping[str, Any]) -> Acceptance:
        known = {name: value for name, value in event.items() if name in self._fields}
        return Acceptance(orjson.dumps(known), self.unknown_fields(event))

    def _problem(self, event: Mapping[str, Any]) -> Rejection | None:
        # First, because any other complaint about a record of a newer version would mislead.
        version = event.get(SCHEMA_VERSION_FIELD)
        if type(version) is int and not 1 <= version <= self._newest_version:
            return unknown_version(version, self._newest_version)
        for field in self._fields.values():
            problem = _field_problem(field, event.get(field.name))
            if problem is not None:
                return problem
        return None


def _field_problem(field: WireField, value: Any) -> Rejection | None:
    if value is None:
        if field.required:
            return Rejection(DeadLetterReason.MISSING_FIELD, f"{field.name}: required, but missing or null")
        return None
    if not _HAS_TYPE[field.type](value):
        expected = f"{field.name}: {field.type} is expected, not {_json_type(value)}"
        return Rejection(DeadLetterReason.WRONG_TYPE, expected)
    if not _IN_RANGE[field.type](value):
        return Rejection(DeadLetterReason.OUT_OF_RANGE, f"{field.name}: {str(value)[:40]} does not fit {field.type}")
    return None


def _json_type(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer"}
    return "null" if value is None else names.get(type(value), "a number")


def _is_integer(value: Any) -> bool:
    return type(value) is int


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_money(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, str) and _DECIMAL_TEXT.fullmatch(value) is not None)


def _is_string_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _fits_money(value: Any) -> bool:
    number = Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > MONEY_PRECISION:
        return not number and number.is_finite()
    scaled = number.scaleb(MONEY_SCALE)
    return scaled == scaled.to_integral_value() and abs(scaled) < 10**MONEY_PRECISION


def _between(lowest: int, highest: int) -> Callable[[Any], bool]:
    return lambda value: lowest <= value <= highest


def _always(_value: Any) -> bool:
    return True


_PYTHON_TYPES: dict[FieldType, tuple[type, ...]] = {
    FieldType.STRING: (str,),
    FieldType.BOOLEAN: (bool,),
    FieldType.INT: (int,),
    FieldType.LONG: (int,),
    FieldType.TIMESTAMP: (int,),
    FieldType.DOUBLE: (int, float),
    FieldType.MONEY: (int, float),
    FieldType.STRING_LIST: (list,),
}
_HAS_TYPE: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.STRING: lambda value: isinstance(value, str),
    FieldType.BOOLEAN: lambda value: isinstance(value, bool),
    FieldType.INT: _is_integer,
    FieldType.LONG: _is_integer,
    FieldType.TIMESTAMP: _is_integer,
    FieldType.DOUBLE: _is_number,
    FieldType.MONEY: _is_money,
    FieldType.STRING_LIST: _is_string_list,
}
_IN_RANGE: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.STRING: _always,
    FieldType.BOOLEAN: _always,
    FieldType.INT: _between(*_INT32),
    FieldType.LONG: _between(*_INT64),
    FieldType.TIMESTAMP: _between(0, NEWEST_TIMESTAMP_MILLIS),
    FieldType.DOUBLE: math.isfinite,
    FieldType.MONEY: _fits_money,
    FieldType.STRING_LIST: _always,
}
