"""Parses record values into Arrow rows: a fast path for good batches, an exact search for the bad records of others.

The fast path hands whole batches to `pyarrow.json`, which knows nothing of records: it reads a stream of objects. It
is right only if each record is exactly one row. That holds when every line begins with `{` and ends with `}` (then no
object can continue over a record's end: nothing valid in JSON has only a line feed between `}` and `{`) and there are
as many rows as records. Anything else is narrowed down, each step only if the one before was not enough: records that
do not look like one object, records with unusual types, every record of the batch, and bisection for what the two JSON
parsers in use still see differently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from contracts.arrow_schema import wire_arrow_schema
from contracts.dead_letters import DeadLetterReason
from contracts.events import Event
from contracts.events.field_types import MONEY_PRECISION, MONEY_SCALE
from contracts.wire_fields import FieldType, wire_fields
from jobs.runtime.contract_check import (
    NEWEST_TIMESTAMP_MILLIS,
    SCHEMA_VERSION_FIELD,
    Acceptance,
    ContractCheck,
    Rejection,
)

_LARGEST_MONEY = Decimal(10**MONEY_PRECISION - 1).scaleb(-MONEY_SCALE)
_LINE_FEED, _OPENING_BRACE, _CLOSING_BRACE = b"\n{}"
_WHITESPACE = b" \t\r\n"
_READ_OPTIONS_PADDING = 64


@dataclass(frozen=True)
class ParsedValues:
    """Rows of the accepted values in order, and the indices of both kinds in the batch."""

    rows: pa.Table
    unknown_fields: pa.Array
    accepted: np.ndarray
    rejected: dict[int, Rejection]


@dataclass
class _Batch:
    """A batch on its way through the parser: `lines` that are not refused so far, by index in the batch."""

    values: Sequence[bytes | None]
    lines: dict[int, bytes] = field(default_factory=dict)
    unknown: dict[int, str | None] = field(default_factory=dict)
    rejected: dict[int, Rejection] = field(default_factory=dict)
    examined: set[int] = field(default_factory=set)

    def reject(self, index: int, rejection: Rejection) -> None:
        self.lines.pop(index, None)
        self.rejected[index] = rejection


class RecordParser:
    """Parses the values of one topic."""

    def __init__(self, model: type[Event]) -> None:
        self._schema = wire_arrow_schema(model)
        self._fields = wire_fields(model)
        self._newest_version = model.current_schema_version
        self._check = ContractCheck(model)

    def parse(self, values: Sequence[bytes | None]) -> ParsedValues:
        """One row per value that fulfils the contract, a `Rejection` for every other one."""
        rows = self._read(values)
        if rows is not None:
            return self._without_broken_rows(_Batch(values), rows, np.arange(len(values)))
        batch = _Batch(values)
        rows = self._narrow_down(batch)
        return self._without_broken_rows(batch, rows, np.fromiter(batch.lines, dtype=np.int64, count=len(batch.lines)))

    def _narrow_down(self, batch: _Batch) -> pa.Table:
        for index, value in enumerate(batch.values):
            line = value.strip(_WHITESPACE) if value else b""
            if line.startswith(b"{") and line.endswith(b"}") and b"\n" not in line:
                batch.lines[index] = line
            else:
                self._examine(batch, index)
        batch.lines = dict(sorted(batch.lines.items()))
        rows = self._read(list(batch.lines.values()))
        if rows is None:
            self._screen(batch)
            rows = self._read(list(batch.lines.values()), unexpected_field_behavior="ignore")
        if rows is None:
            for index in [i for i in batch.lines if i not in batch.examined]:
                self._examine(batch, index)
            rows = self._read(list(batch.lines.values()))
        return self._bisect(batch, list(batch.lines)) if rows is None else rows

    def _screen(self, batch: _Batch) -> None:
        """Examine the records that are not JSON or have unusual types, and collect the unknown fields of the others."""
        for index in [i for i in batch.lines if i not in batch.examined]:
            try:
                event = orjson.loads(batch.lines[index])
            except orjson.JSONDecodeError as error:
                batch.reject(index, Rejection(DeadLetterReason.UNPARSEABLE, f"not JSON: {error}"))
                continue
            if self._check.has_right_types(event):
                batch.unknown[index] = self._check.unknown_fields(event)
            else:
                self._examine(batch, index)

    def _examine(self, batch: _Batch, index: int) -> None:
        verdict = self._check.examine(batch.values[index])
        batch.examined.add(index)
        if isinstance(verdict, Acceptance):
            batch.lines[index] = verdict.line
            batch.unknown[index] = verdict.unknown_fields
        else:
            batch.reject(index, verdict)

    def _bisect(self, batch: _Batch, indices: list[int]) -> pa.Table:
        """Rows of `indices`, which are halved until each part is read whole or is one record that is refused."""
        rows = self._read([batch.lines[index] for index in indices])
        if rows is not None:
            return rows
        if len(indices) == 1:
            error = "the two JSON parsers in use disagree about this record"
            batch.reject(indices[0], Rejection(DeadLetterReason.UNPARSEABLE, error))
            return self._schema.empty_table()
        middle = len(indices) // 2
        return pa.concat_tables([self._bisect(batch, indices[:middle]), self._bisect(batch, indices[middle:])])

    def _read(self, lines: Sequence[bytes | None], unexpected_field_behavior: str = "error") -> pa.Table | None:
        """Exactly one row per line, or None where that cannot be guaranteed."""
        if not lines:
            return self._schema.empty_table()
        try:
            joined = b"\n".join(lines)  # type: ignore[arg-type]
        except TypeError:
            return None  # a tombstone among them
        if not joined or not _is_one_object_a_line(joined, len(lines)):
            return None
        try:
            rows = pyarrow.json.read_json(
                pa.BufferReader(joined),
                read_options=pyarrow.json.ReadOptions(
                    use_threads=False, block_size=len(joined) + _READ_OPTIONS_PADDING
                ),
                parse_options=pyarrow.json.ParseOptions(
                    explicit_schema=self._schema, unexpected_field_behavior=unexpected_field_behavior
                ),
            )
        except pa.ArrowInvalid:
            return None
        return rows if rows.num_rows == len(lines) else None

    def _without_broken_rows(self, batch: _Batch, rows: pa.Table, indices: np.ndarray) -> ParsedValues:
        broken = self._broken_rows(rows)
        if broken is not None:
            for index in indices[broken]:
                batch.reject(int(index), self._reason(batch.values[index]))
            rows, indices = rows.filter(pa.array(~broken)), indices[~broken]
        return ParsedValues(rows, _unknown_column(batch, indices), indices, batch.rejected)

    def _reason(self, value: bytes | None) -> Rejection:
        verdict = self._check.examine(value)
        if isinstance(verdict, Rejection):
            return verdict
        return Rejection(DeadLetterReason.UNPARSEABLE, "the two JSON parsers in use disagree about this record")

    def _broken_rows(self, rows: pa.Table) -> np.ndarray | None:
        """Mask of the rows that Arrow could read but that the contract refuses; None if there are none."""
        masks = [mask for field in self._fields for mask in self._column_faults(rows, field.name, field.type)]
        masks += [
            rows.column(field.name).is_null()
            for field in self._fields
            if field.required and _has_nulls(rows, field.name)
        ]
        return reduce(np.logical_or, (_as_numpy(mask) for mask in masks)) if masks else None

    def _column_faults(self, rows: pa.Table, name: str, field_type: FieldType) -> Iterable[pa.ChunkedArray]:
        column = rows.column(name)
        if name == SCHEMA_VERSION_FIELD:
            yield from _outside(column, 1, self._newest_version)
        elif field_type is FieldType.TIMESTAMP:
            yield from _outside(column, 0, NEWEST_TIMESTAMP_MILLIS)
        elif field_type is FieldType.MONEY:
            # Arrow checks the digits that it reads, not those that it adds to reach the column's scale.
            yield from _outside(column, -_LARGEST_MONEY, _LARGEST_MONEY)
        elif field_type is FieldType.DOUBLE:
            is_finite = pc.is_finite(column)
            if pc.all(is_finite).as_py() is False:
                yield pc.invert(is_finite)
        elif field_type is FieldType.STRING_LIST and pc.list_flatten(column).null_count:
            yield pa.chunked_array([pa.array([bool(items) and None in items for items in column.to_pylist()])])


def _is_one_object_a_line(joined: bytes, count: int) -> bool:
    text = np.frombuffer(joined, dtype=np.uint8)
    line_feeds = np.flatnonzero(text == _LINE_FEED)
    return bool(
        len(line_feeds) == count - 1
        and text[0] == _OPENING_BRACE
        and text[-1] == _CLOSING_BRACE
        and (text[line_feeds - 1] == _CLOSING_BRACE).all()
        and (text[line_feeds + 1] == _OPENING_BRACE).all()
        # Arrow accepts the next two: invalid UTF-8, and NUL as the end of the input.
        and b"\0" not in joined
        and _is_utf8(joined)
    )


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_nulls(rows: pa.Table, name: str) -> bool:
    return bool(rows.column(name).null_count)


def _outside(column: pa.ChunkedArray, lowest: int | Decimal, highest: int | Decimal) -> Iterable[pa.ChunkedArray]:
    bounds = pc.min_max(column).as_py()
    if bounds["min"] is not None and (bounds["min"] < lowest or bounds["max"] > highest):
        yield pc.or_(pc.less(column, lowest), pc.greater(column, highest))


def _as_numpy(mask: pa.ChunkedArray) -> np.ndarray:
    flags: np.ndarray = pc.fill_null(mask, False).to_numpy().astype(bool)
    return flags


def _unknown_column(batch: _Batch, indices: np.ndarray) -> pa.Array:
    if not any(batch.unknown.values()):
        return pa.nulls(len(indices), pa.string())
    return pa.array([batch.unknown.get(int(index)) for index in indices], pa.string())
