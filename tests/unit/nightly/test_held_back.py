"""Rows of the CRM that silver does without are named, and block if they are many."""

import json

from contracts.batch_tables import HELD_BACK, ROWS_COMPARED
from contracts.gate_settings import GateSettings
from jobs.nightly.gates.catalogue import gates_with
from jobs.nightly.gates.gate import GateResult, Outcome, judge
from jobs.nightly.gates.judging.held_back import held_back_readings

(VALIDITY,) = (gate for gate in gates_with(GateSettings()) if gate.name == "validity")


def judged(rows: int, **held_back: int) -> GateResult:
    noted = {ROWS_COMPARED: str(rows), HELD_BACK: json.dumps(held_back)}
    return judge(VALIDITY, held_back_readings({"invoices": noted, "never_compared": {}}, min_rows=10))


def test_nothing_held_back_is_nothing_to_say() -> None:
    assert judged(1000).outcome is Outcome.PASSED


def test_a_single_row_is_named_with_table_and_column() -> None:
    result = judged(1000, total_usd=1)
    assert result.outcome is Outcome.WARNED
    (reading,) = result.evidence
    assert reading.subject == "invoices total_usd"
    assert reading.detail.startswith("1 of 1000 rows have a value in total_usd")


def test_many_rows_block() -> None:
    assert judged(1000, total_usd=10).outcome is Outcome.FAILED
    assert judged(100_000, total_usd=10).outcome is Outcome.WARNED


def test_rows_without_a_key_of_their_own_are_told_apart() -> None:
    told = {reading.subject: reading.detail for reading in judged(100, no_key=1, shared_key=2).evidence}
    assert "1 of 100 rows have no key" in told["invoices no_key"]
    assert "2 of 100 rows share their key" in told["invoices shared_key"]
