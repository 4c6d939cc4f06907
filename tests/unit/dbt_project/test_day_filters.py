"""The days that a merge may delete are those that its query reads, however many there are and whatever lies between."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

MACROS = Path(__file__).parents[3] / "dbt_project" / "macros"
FIRST = dt.date(2025, 1, 1)
RANGE = re.compile(r"between date '(\S+)' and date '(\S+)'")
TIMES = re.compile(r"event_time >= timestamp '(\S+) .*?event_time < timestamp '(\S+) ", re.DOTALL)


class _ReturnedError(Exception):
    """How a macro of dbt returns what is not text."""


def _returned(value: object) -> None:
    raise _ReturnedError(value)


@pytest.fixture(scope="module")
def render() -> dict[str, Any]:
    """The macros of the day filters by name, as dbt calls them."""
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals |= {"modules": {"datetime": dt}, "return": _returned, "event_day": str}
    environment.globals |= {"days_of_run": lambda: [str(FIRST)], "run_setting": {"gold_months": ["2024-11-01"]}.get}
    names = (
        "run/unbroken",
        "run/months_of",
        "run/months_of_run",
        "filters/is_among_days",
        "filters/bronze_rows_of_days",
    )
    filters = ("filters/daily_rows_of_touched_months", "filters/monthly_rows_of_touched_months")
    for name in (*names, *filters):
        template = environment.from_string((MACROS / f"{name}.sql").read_text())
        macro = Path(name).name
        environment.globals[macro] = _called(getattr(template.module, macro))
    return environment.globals


def _called(macro: Any) -> Any:
    def call(*arguments: object) -> object:
        try:
            return macro(*arguments)
        except _ReturnedError as returned:
            return returned.args[0]

    return call


def days(numbers: list[int]) -> list[str]:
    return [str(FIRST + dt.timedelta(days=number)) for number in numbers]


def covered(ranges: list[tuple[str, str]]) -> set[str]:
    found = set()
    for first, last in ranges:
        length = (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
        found |= {str(dt.date.fromisoformat(first) + dt.timedelta(days=number)) for number in range(length + 1)}
    return found


def deleted_and_read(render: dict[str, Any], wanted: list[str]) -> tuple[set[str], set[str]]:
    bound = RANGE.findall(render["is_among_days"]("event_date", wanted))
    return covered(bound), covered(TIMES.findall(render["bronze_rows_of_days"](wanted)))


@given(numbers=st.lists(st.integers(0, 60), min_size=1, unique=True))
def test_a_few_days_are_read_and_bounded_exactly(render: dict[str, Any], numbers: list[int]) -> None:
    wanted = days(numbers)
    deleted, read = deleted_and_read(render, wanted)
    assert deleted == read == set(wanted)


def test_many_days_with_a_gap_leave_the_gap_alone(render: dict[str, Any]) -> None:
    wanted = days([*range(200), *range(260, 500)])
    deleted, read = deleted_and_read(render, wanted)
    assert deleted == read == set(wanted)


@pytest.mark.parametrize("count", [400, 401, 1000])
def test_what_is_bounded_is_read_even_if_the_days_are_too_many_to_name(render: dict[str, Any], count: int) -> None:
    wanted = days([2 * number for number in range(count)])
    deleted, read = deleted_and_read(render, wanted)
    assert deleted == read >= set(wanted)


def test_months_are_those_of_the_days_and_those_that_the_run_restates(render: dict[str, Any]) -> None:
    months = ["2024-11-01", "2025-01-01"]
    assert render["months_of_run"]() == months
    bound = RANGE.findall(render["monthly_rows_of_touched_months"]("month_start"))
    assert bound == [(month, month) for month in months]
    assert re.findall(r"event_date >= date '(\S+)'", render["daily_rows_of_touched_months"]()) == months


def test_no_days_are_no_rows(render: dict[str, Any]) -> None:
    assert render["is_among_days"]("event_date", []) == "false"
    assert render["bronze_rows_of_days"]([]) == "false"
