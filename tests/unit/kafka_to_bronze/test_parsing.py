"""Every record becomes exactly one row or one rejection, whatever surrounds it in its batch."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka_records import alert, call, encoded
from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, create_model

from contracts.dead_letters import DeadLetterReason as Reason
from contracts.events import CallEvent, Event, FraudAlert
from contracts.wire_fields import FieldType, wire_fields
from jobs.kafka_to_bronze.reading.parsing import RecordParser

VALID = encoded(call())
NEWEST_MILLIS = 253_370_764_799_999


def parse(*values: bytes | None, model: type[Event] = CallEvent) -> tuple[list[dict[str, Any]], dict[int, Reason]]:
    parsed = RecordParser(model).parse(values)
    assert parsed.rows.num_rows == len(parsed.accepted) == len(parsed.unknown_fields)
    assert sorted([*parsed.accepted.tolist(), *parsed.rejected]) == list(range(len(values)))
    rows = parsed.rows.append_column("_unknown", parsed.unknown_fields).to_pylist()
    return rows, {index: rejection.reason for index, rejection in parsed.rejected.items()}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b" ", Reason.UNPARSEABLE),
        (b"\n", Reason.UNPARSEABLE),
        (b"\0", Reason.UNPARSEABLE),
        (b"\xff\xfe\x00garbage", Reason.UNPARSEABLE),
        (VALID[:-1], Reason.UNPARSEABLE),
        (VALID[:40], Reason.UNPARSEABLE),
        (VALID + VALID, Reason.UNPARSEABLE),
        (VALID + b"\n" + VALID, Reason.UNPARSEABLE),
        (VALID + b"\0", Reason.UNPARSEABLE),
        (VALID + b"}", Reason.UNPARSEABLE),
        (b"\xef\xbb\xbf" + VALID, Reason.UNPARSEABLE),
        (VALID.replace(b"TWR-00042", b"TWR\xff"), Reason.UNPARSEABLE),
        (VALID.replace(b"TWR-00042", b"TWR\n"), Reason.UNPARSEABLE),
        (VALID.replace(b"TWR-00042", b"TWR\0"), Reason.UNPARSEABLE),
        (VALID.replace(b"TWR-00042", b"\\udc00"), Reason.UNPARSEABLE),
        (VALID.replace(b"47.6", b"NaN"), Reason.UNPARSEABLE),
        (VALID.replace(b"47.6", b"Infinity"), Reason.UNPARSEABLE),
        (VALID.replace(b"47.6", b"1e400"), Reason.UNPARSEABLE),
        (VALID.replace(b"47.6", b"047.6"), Reason.UNPARSEABLE),
        (b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", Reason.UNPARSEABLE),
        (b"[" + VALID + b"]", Reason.NOT_AN_OBJECT),
        (b'"text"', Reason.NOT_AN_OBJECT),
        (b"7", Reason.NOT_AN_OBJECT),
        (b"null", Reason.NOT_AN_OBJECT),
        (b"{}", Reason.MISSING_FIELD),
        (encoded({k: v for k, v in call().items() if k != "imsi"}), Reason.MISSING_FIELD),
        (encoded(call(imsi=None)), Reason.MISSING_FIELD),
        (encoded(call(imsi=5)), Reason.WRONG_TYPE),
        (encoded(call(imsi={"a": [1]})), Reason.WRONG_TYPE),
        (encoded(call(duration_seconds="60")), Reason.WRONG_TYPE),
        (encoded(call(duration_seconds=60.0)), Reason.WRONG_TYPE),
        (encoded(call(duration_seconds=True)), Reason.WRONG_TYPE),
        (encoded(call(is_roaming=1)), Reason.WRONG_TYPE),
        (encoded(call(revenue_usd="much")), Reason.WRONG_TYPE),
        (encoded(call(duration_seconds=2**31)), Reason.OUT_OF_RANGE),
        (encoded(call(event_time_ms=2**63)), Reason.OUT_OF_RANGE),
        (encoded(call(event_time_ms=NEWEST_MILLIS + 1)), Reason.OUT_OF_RANGE),
        (encoded(call(event_time_ms=-1)), Reason.OUT_OF_RANGE),
        (encoded(call(revenue_usd=0.12345)), Reason.OUT_OF_RANGE),
        (encoded(call(revenue_usd=1e9)), Reason.OUT_OF_RANGE),
        (encoded(call(schema_version=2)), Reason.UNSUPPORTED_SCHEMA_VERSION),
        (encoded(call(schema_version=2, imsi=7)), Reason.UNSUPPORTED_SCHEMA_VERSION),
        (encoded(call(schema_version=0)), Reason.UNSUPPORTED_SCHEMA_VERSION),
    ],
)
def test_a_bad_record_is_rejected_by_reason_and_its_neighbours_are_kept(value: bytes | None, reason: Reason) -> None:
    rows, rejected = parse(encoded(call(event_id="before")), value, encoded(call(event_id="after")))

    assert rejected == {1: reason}
    assert [row["event_id"] for row in rows] == ["before", "after"]


@pytest.mark.parametrize(
    "value",
    [
        VALID + b"\n",
        VALID + b"\r\n",
        b" \t" + VALID,
        orjson.dumps(call(), option=orjson.OPT_INDENT_2),
        VALID.replace(b'"msisdn"', b'"msi\\u0073dn"'),
        VALID[:-1] + b',"event_id":"e-1"}',
        VALID.replace(b"0.125", b'"0.125"'),
        VALID.replace(b"0.125", b"1.25e-1"),
        VALID.replace(b"47.6", b"476e-1"),
    ],
)
def test_unusual_but_valid_json_is_the_same_row(value: bytes) -> None:
    assert parse(value, VALID) == parse(VALID, VALID)


def test_of_a_key_given_twice_the_last_value_counts() -> None:
    rows, rejected = parse(VALID[:-1] + b',"duration_seconds":61}')

    assert not rejected
    assert rows[0]["duration_seconds"] == 61


def test_a_blank_record_cannot_hide_behind_two_objects_in_another() -> None:
    rows, rejected = parse(VALID + VALID, b"", VALID)

    assert rejected == {0: Reason.UNPARSEABLE, 1: Reason.EMPTY}
    assert len(rows) == 1


def test_two_halves_of_an_object_in_two_records_are_two_bad_records() -> None:
    half = VALID.index(b',"imsi"')

    assert parse(VALID[:half], VALID[half:])[1] == {0: Reason.UNPARSEABLE, 1: Reason.UNPARSEABLE}


def test_unknown_fields_are_kept_as_json_beside_the_row() -> None:
    rows, rejected = parse(VALID, encoded(call(slice_id="urllc", qos={"5qi": [1, None]})), VALID)

    assert not rejected
    assert [row["_unknown"] for row in rows] == [None, '{"slice_id":"urllc","qos":{"5qi":[1,null]}}', None]


def test_an_unknown_field_that_is_no_json_rejects_its_record_only() -> None:
    bad = encoded(call(slice_id=1)).replace(b'"slice_id":1', b'"slice_id":NaN')

    rows, rejected = parse(encoded(call(slice_id=1)), bad, VALID)

    assert rejected == {1: Reason.UNPARSEABLE}
    assert [row["_unknown"] for row in rows] == ['{"slice_id":1}', None]


def test_a_missing_optional_field_is_null() -> None:
    rows, rejected = parse(encoded(alert()), encoded(alert(distance_km=None, call_count=26)), model=FraudAlert)

    assert not rejected
    assert [(row["distance_km"], row["call_count"]) for row in rows] == [(None, None), (None, 26)]


@pytest.mark.parametrize("items", [["e-1", None], ["e-1", 2], "e-1", {"e": 1}])
def test_a_list_of_anything_but_strings_is_a_wrong_type(items: object) -> None:
    values = (encoded(alert(evidence_event_ids=items)), encoded(alert(evidence_event_ids=[])))

    assert parse(*values, model=FraudAlert)[1] == {0: Reason.WRONG_TYPE}


def test_an_empty_batch_has_no_rows() -> None:
    assert parse() == ([], {})


# --- The slow reference: orjson and a strict pydantic model of the shape, record by record ---


def _as_decimal(value: object) -> object:
    if type(value) not in (int, float, str):
        return value
    text = str(value)
    if not text.isascii() or text != text.strip() or "_" in text:  # Python takes more for a number than Arrow does
        raise ValueError("no number")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("no number") from error


_REFERENCE_TYPES: dict[FieldType, Any] = {
    FieldType.STRING: str,
    FieldType.BOOLEAN: bool,
    FieldType.INT: Annotated[int, Field(ge=-(2**31), lt=2**31)],
    FieldType.LONG: Annotated[int, Field(ge=-(2**63), lt=2**63)],
    FieldType.TIMESTAMP: Annotated[int, Field(ge=0, le=NEWEST_MILLIS)],
    FieldType.DOUBLE: Annotated[float, Field(allow_inf_nan=False)],
    FieldType.MONEY: Annotated[
        Decimal, BeforeValidator(_as_decimal), Field(gt=-(10**8), lt=10**8, multiple_of=Decimal("0.0001"))
    ],
    FieldType.STRING_LIST: list[str],
}


def _reference_model(model: type[Event]) -> Any:
    fields: dict[str, Any] = {
        field.name: (_REFERENCE_TYPES[field.type], ...)
        if field.required
        else (_REFERENCE_TYPES[field.type] | None, None)
        for field in wire_fields(model)
    }
    fields["schema_version"] = (Annotated[int, Field(ge=1, le=model.current_schema_version)], ...)
    return create_model("Shape", __config__=ConfigDict(strict=True, extra="allow"), **fields)


REFERENCE = {model: _reference_model(model) for model in (CallEvent, FraudAlert)}


def reference(value: bytes | None, model: type[Event]) -> dict[str, Any] | None:
    """The row of a record, or None where it must be refused."""
    try:
        row = REFERENCE[model].model_validate(orjson.loads(value or b""))
    except (orjson.JSONDecodeError, ValidationError):
        return None
    unknown = orjson.dumps(row.model_extra).decode() if row.model_extra else None
    return {name: getattr(row, name) for name in model.model_fields} | {"_unknown": unknown}


numbers = st.one_of(
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [0, -0.0, 1e-5, 0.00001, 12.3456, 99999999.9999, 1e8, 2**31, 2**31 - 1, 2**63, 2**63 - 1, NEWEST_MILLIS]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), numbers, st.text(max_size=8), st.sampled_from(["", "1.5", "1e2", "NaN", " 1"])
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
noise = st.sampled_from(
    [
        b"",
        b"\n",
        b"\r",
        b" ",
        b"{",
        b"}",
        b"}{",
        b"}\n{",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\\u0000",
        b",",
        b'"',
        b"[]",
        b"NaN",
        b"1e400",
        b"-",
        b"\x01",
        "é\u2028".encode(),
    ]
)


def _dump(event: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(event)
    except (TypeError, orjson.JSONEncodeError):  # an integer beyond 64 bits
        import json

        return json.dumps(event).encode()


@st.composite
def record_values(draw: st.DrawFn, valid: dict[str, object]) -> bytes | None:
    event = dict(valid)
    for name in draw(st.lists(st.sampled_from([*valid, "extra", "more"]), max_size=2)):
        event[name] = draw(json_values)
    for name in draw(st.lists(st.sampled_from(list(valid)), max_size=1)) if draw(st.integers(0, 3)) == 0 else []:
        event.pop(name)
    value = _dump(event)
    if draw(st.integers(0, 2)) == 0:
        at = draw(st.integers(0, len(value)))
        value = value[:at] + draw(noise) + value[at + draw(st.integers(0, 2)) :]
    if draw(st.integers(0, 9)) == 0:
        value = draw(
            st.sampled_from([b"", value + value, value + b"\n" + value, value[: len(value) // 2], value + b"\n"])
        )
    return None if draw(st.integers(0, 30)) == 0 else value


@pytest.mark.parametrize(("model", "valid"), [(CallEvent, call()), (FraudAlert, alert(call_count=3, speed_kmh=1.5))])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_batches_agree_with_a_parser_that_goes_record_by_record(
    model: type[Event], valid: dict[str, object], data: st.DataObject
) -> None:
    values = data.draw(st.lists(st.one_of(st.just(encoded(valid)), record_values(valid)), max_size=12))
    expected = [reference(value, model) for value in values]

    rows, rejected = parse(*values, model=model)

    assert [index for index, row in enumerate(expected) if row is None] == sorted(rejected)
    assert rows == [row for row in expected if row is not None]
