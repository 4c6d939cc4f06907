"""Which texts are somebody's number or address, however they are written, and which only look like one."""

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.gate_settings import PersonalDataGate
from jobs.nightly.gates.judging.personal_data import (
    MAIL_ADDRESS,
    NO_NUMBER,
    number_pattern,
    personal_condition,
    scan_statement,
)

GATE = PersonalDataGate()
NUMBER = number_pattern(GATE)


def is_personal(text: str) -> bool:
    cleaned = re.sub(NO_NUMBER, "x", text)
    return bool((re.search(NUMBER, text) and re.search(NUMBER, cleaned)) or re.search(MAIL_ADDRESS, text))


@pytest.mark.parametrize(
    "text",
    [
        "12065550123",
        "call of +12065550123",
        "tel-12065550123",
        "+1 206-555-0123",
        "+1 (206) 555-0123",
        "(206) 555-0123",
        "206.555.0123",
        "0049 171 1234567",
        "0171/1234567",
        "+44\u00a020\u00a07946\u00a00958",
        "310 260 123456789",
        "2026-11-20: 12065550123",
        "someone@example.com",
    ],
)
def test_numbers_and_addresses_of_people_are_found(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "k1:" + "0123456789abcdef" * 4,
        "39d12ba14953-c-281474976710656",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-11-20 18:00:00.000000",
        "2026-11-20T18:00:00",
        "TWR-00028",
        "CUST-00000020",
        "FY2027 Q1",
        "***23",
        "s***@example.com",
        "1,234,567,890 bytes",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert not is_personal(text)


@given(
    st.from_regex(r"[1-9][0-9]{9,14}", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", "/", " - "[:2], "\u2009"]),
    st.sampled_from(["", "+", "00", "call of "]),
)
def test_a_number_is_found_in_any_spelling(digits: str, between: str, before: str) -> None:
    assert re.search(NUMBER, before + between.join(digits))


@given(st.from_regex(NUMBER))
def test_no_number_is_shorter_than_what_is_searched(text: str) -> None:
    assert len(text) >= GATE.min_digits


def test_shorter_national_numbers_can_be_looked_for() -> None:
    assert re.search(number_pattern(PersonalDataGate(min_digits=8)), "Danish 32 12 34 56")
    assert not re.search(NUMBER, "Danish 32 12 34 56")


def test_only_text_is_searched_and_only_where_nobody_said_otherwise() -> None:
    assert scan_statement("$t", "t", {"n": "long"}, GATE) is None
    statement = scan_statement("$t", "t", {"n": "long", "name": "string", "event_date": "date"}, GATE)
    assert statement is not None
    assert "array['t.name'], array[name]" in statement
    assert "from $t where $on_touched_days" in statement
    for ignored in ("t.id", "*.id"):
        assert scan_statement("$t", "t", {"id": "string"}, PersonalDataGate(ignored_columns=(ignored,))) is None
    assert scan_statement("$t", "t", {"id": "string"}, PersonalDataGate(ignored_columns=("*.name",))) is not None


CELLS = ["310-260-7033-12345", "262-01-10023-7", "208-01-1048575-268435455"]


def found_in(column: str, texts: list[str]) -> int:
    """How many values of a column the gate finds, by an engine whose `regexp_replace` has to be told to go on."""
    condition = personal_condition(column, GATE).replace("$$", "$").replace("regexp_replace(", "replaced(")
    with duckdb.connect() as engine:
        engine.execute("create macro regexp_like(text, pattern) as regexp_matches(text, pattern)")
        engine.execute("create macro replaced(text, pattern, other) as regexp_replace(text, pattern, other, 'g')")
        engine.execute(f"create table texts ({column} varchar)")
        engine.executemany("insert into texts values (?)", [[text] for text in texts])
        (row,) = engine.execute(f"select count_if({condition}) from texts").fetchall()
    return int(row[0])


@pytest.mark.parametrize("column", ["tower_id", "cell_id"])
def test_identities_of_cells_are_nobodys_numbers_in_a_column_of_cells(column: str) -> None:
    assert found_in(column, CELLS) == 0
    assert found_in(column, ["+1 206-555-0123", "310-260-123456789", "310260123456789", "a@b.example"]) == 4
    assert found_in("note", CELLS) == len(CELLS)
