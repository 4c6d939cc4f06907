"""Whom readers of what needs consent see, by the statement itself, on an engine that reads it as Trino does."""

from collections.abc import Iterator

import duckdb
import pytest

from jobs.runtime.consent_at_reading import consents_to_profiling

Decision = tuple[str, str, str, bool | None, str | None, bool, int]


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """A catalog with the log of decisions: consent, customer, purpose, decision, stamp, deletion, run."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as iceberg; create schema iceberg.bronze")
        connection.execute(
            "create table iceberg.bronze.crm_consents (consent_id varchar, customer_id varchar, purpose varchar,"
            " is_granted boolean, updated_at date, _source_deleted boolean, _bronze_ingested_at int)"
        )
        yield connection


def seen(lake: duckdb.DuckDBPyConnection, *log: Decision) -> set[str]:
    lake.executemany("insert into iceberg.bronze.crm_consents values (?, ?, ?, ?, ?, ?, ?)", [list(row) for row in log])
    everybody = "(select distinct customer_id from iceberg.bronze.crm_consents where customer_id is not null)"
    rows = lake.execute(f"select customer_id from {everybody} where {consents_to_profiling('iceberg')}").fetchall()
    return {customer for (customer,) in rows}


def decision(consent: str, is_granted: bool | None, stamp: str | None = "2026-01-01", run: int = 1) -> Decision:
    return (consent, "A", "profiling", is_granted, stamp, False, run)


def test_a_yes_is_needed_and_for_this_purpose(lake: duckdb.DuckDBPyConnection) -> None:
    yes, no = decision("a", True), ("b", "B", "profiling", False, "2026-01-01", False, 1)
    other_purpose = ("c", "C", "marketing", True, "2026-01-01", False, 1)
    assert seen(lake, yes, no, other_purpose) == {"A"}


def test_the_newest_entry_of_a_decision_counts(lake: duckdb.DuckDBPyConnection) -> None:
    assert seen(lake, decision("a", True, run=1), decision("a", False, run=2)) == set()


def test_a_decision_given_again_counts_again(lake: duckdb.DuckDBPyConnection) -> None:
    assert seen(lake, *(decision("a", run != 2, run=run) for run in (1, 2, 3))) == {"A"}


def test_of_two_decisions_the_one_with_the_newer_stamp_counts(lake: duckdb.DuckDBPyConnection) -> None:
    assert seen(lake, decision("a", True, "2026-02-01"), decision("b", False, "2026-01-01")) == {"A"}


@pytest.mark.parametrize("stamp", [None, "2026-02-01"])
def test_a_refusal_without_a_stamp_or_with_the_same_one_counts(
    lake: duckdb.DuckDBPyConnection, stamp: str | None
) -> None:
    assert seen(lake, decision("a", True, "2026-02-01"), decision("b", False, stamp)) == set()


def test_a_decision_that_is_gone_is_none(lake: duckdb.DuckDBPyConnection) -> None:
    gone = ("a", None, None, None, None, True, 2)
    assert seen(lake, decision("a", True), gone) == set()
