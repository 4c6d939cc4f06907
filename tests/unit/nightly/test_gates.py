import dataclasses
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.nightly_verdict import LONGEST_TEXT_BYTES, GateVerdict, read_verdict
from contracts.sink_progress import DEAD_LETTERS, OFFSETS, OffsetRange, encode_ranges
from jobs.nightly.audited_run import AuditedRun, UnknownTableError, render
from jobs.nightly.gates.catalogue import GATE_BY_NAME, GATES
from jobs.nightly.gates.completeness import ADDED_RECORDS, completeness, dead_letter_share, sink_commits
from jobs.nightly.gates.gate import Gate, Layer, Outcome, Reading, judge
from jobs.nightly.gates.personal_data import EVENT_ID, MAIL_ADDRESS, NUMBER, SHORTEST_NUMBER, scan_statement
from jobs.nightly.gates.results import verdict
from jobs.nightly.gates.schema_diff import schema_readings

GATE = Gate(1, "example", Layer.GOLD, "rule", "share", "owner", warn_above=0.1, block_above=0.5)
RUN = AuditedRun(
    run_id="run",
    run_date=dt.date(2026, 11, 20),
    window_start=dt.date(2026, 11, 17),
    days=(dt.date(2026, 11, 19), dt.date(2026, 11, 20), dt.date(2026, 10, 2)),
    now=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC),
    inputs={("bronze", "call_events"): 11},
    outputs={("gold", "fact_calls"): 22},
)


def commit(start: int, end: int, rows: int, dead_letters: int = 0) -> tuple[int, dict[str, str]]:
    ranges = {0: OffsetRange(start, end)}
    return start, {OFFSETS: encode_ranges(ranges), ADDED_RECORDS: str(rows), DEAD_LETTERS: str(dead_letters)}


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0.0, Outcome.PASSED),
        (0.1, Outcome.PASSED),
        (0.11, Outcome.WARNED),
        (0.5, Outcome.WARNED),
        (0.51, Outcome.FAILED),
    ],
)
def test_the_worst_reading_decides_and_a_limit_itself_is_allowed(value: float, outcome: Outcome):
    result = judge(GATE, [Reading("good", 0.0), Reading("bad", value)])
    assert (result.outcome, result.value) == (outcome, value)


def test_evidence_names_only_what_is_suspicious_worst_first():
    result = judge(GATE, [Reading("a", 0.2), Reading("b", 0.0), Reading("c", 0.9)])
    assert [reading.subject for reading in result.evidence] == ["c", "a"]


def test_there_are_fifteen_gates_with_names_and_owners_of_their_own():
    assert [gate.number for gate in GATES] == list(range(1, 16))
    assert len(GATE_BY_NAME) == 15
    assert all(gate.owner and gate.rule for gate in GATES)


def test_complete_commits_join_on_and_add_up():
    commits = sink_commits([commit(0, 10, 9, 1), commit(10, 15, 5)])
    assert [reading.value for reading in completeness("t", commits, False)] == [0, 0]


def test_a_lost_row_a_gap_and_an_overlap_are_found():
    lost = sink_commits([commit(0, 10, 8, 1)])
    gap = sink_commits([commit(0, 10, 10), commit(12, 15, 3)])
    overlap = sink_commits([commit(0, 10, 10), commit(8, 15, 7)])
    assert [reading.value for reading in completeness("t", lost, False)] == [1, 0]
    assert [reading.value for reading in completeness("t", gap, False)] == [0, 2]
    assert [reading.value for reading in completeness("t", overlap, False)] == [0, 2]


def test_transaction_markers_are_not_missing_rows_but_gaps_still_count():
    commits = sink_commits([commit(0, 10, 8), commit(12, 13, 1)])
    assert [reading.value for reading in completeness("alerts", commits, True)] == [0, 2]


def test_commits_of_other_writers_are_no_ones_business():
    assert sink_commits([(1, {"operation": "replace", ADDED_RECORDS: "5"})]) == []


def test_the_share_of_dead_letters_is_counted_over_records():
    assert dead_letter_share(sink_commits([commit(0, 100, 98, 2)])) == pytest.approx(0.02)
    assert dead_letter_share([]) == 0.0


def test_a_removed_or_retyped_column_is_a_breach_and_a_new_one_an_addition():
    readings = schema_readings("t", {"a": "string", "b": "int"}, {"b": "long", "c": "string"})
    assert [(reading.subject, reading.value) for reading in readings] == [("t.a", 1.0), ("t.b", 1.0), ("t.c", 0.5)]
    assert judge(GATE_BY_NAME["schema"], readings).blocks
    assert judge(GATE_BY_NAME["schema"], readings[2:]).outcome is Outcome.WARNED


def test_a_gate_reads_the_audited_snapshot():
    statement = render("select * from $bronze_call_events where a >= $window_start", RUN, "iceberg")
    assert "iceberg.bronze.call_events for version as of 11" in statement
    assert "timestamp '2026-11-17 00:00:00 UTC'" in statement


def test_touched_days_are_ranges_of_literals_so_that_the_engine_can_prune():
    assert render("where $on_touched_days", RUN, "iceberg") == (
        "where (event_date between date '2026-10-02' and date '2026-10-02'"
        " or event_date between date '2026-11-19' and date '2026-11-20')"
    )
    assert render("where $at_touched_times", RUN, "iceberg").endswith(
        "event_time >= timestamp '2026-11-19 00:00:00 UTC' and event_time < timestamp '2026-11-21 00:00:00 UTC')"
    )


def test_a_run_that_touched_no_day_looks_at_no_row():
    idle = dataclasses.replace(RUN, days=())
    assert render("where $on_touched_days and $at_touched_times", idle, "iceberg") == "where (false) and (false)"


def test_a_gate_on_a_table_the_run_does_not_know_is_an_error():
    with pytest.raises(UnknownTableError, match="gold_dim_towers"):
        render("select 1 from $gold_dim_towers", RUN, "iceberg")


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("12065550123", True),
        ("call of +12065550123", True),
        ("tel-12065550123", True),
        ("someone@example.com", True),
        ("k1:" + "0123456789abcdef" * 4, False),
        ("39d12ba14953-c-281474976710656", False),
        ("TWR-00028", False),
    ],
)
def test_numbers_of_people_are_told_from_ids_of_events(text: str, is_personal: bool) -> None:
    number = re.search(NUMBER, text) and not re.search(EVENT_ID, text)
    assert bool(number or re.search(MAIL_ADDRESS, text)) is is_personal


@given(st.from_regex(NUMBER))
def test_no_number_is_shorter_than_what_is_searched(text: str) -> None:
    assert len(text) >= SHORTEST_NUMBER


def test_only_text_is_searched_for_personal_data():
    assert scan_statement("gold", "t", 1, {"n": "long"}, RUN) is None
    statement = scan_statement("gold", "t", 1, {"n": "long", "name": "string"}, RUN)
    assert statement is not None
    assert "array['t.name'], array[name]" in statement


def test_the_verdict_of_all_gates_fits_into_a_pods_last_words_and_is_read_again():
    # The longest numbers that a reading can have.
    results = [judge(gate, [Reading("x", -1.2345678901234567e-300)]) for gate in GATES]
    told = verdict(RUN, [*results, judge(GATE, [Reading("x", 0.9)])])
    assert len(told.text().encode()) <= LONGEST_TEXT_BYTES
    assert read_verdict(told.text()) == told
    assert told.gates[-1] == GateVerdict(name="example", layer="gold", owner="owner", outcome="failed", value=0.9)


@pytest.mark.parametrize("text", ["", "Error: no such table", "{}", '{"run_id":"a","gates":[{"name":"x"}]}'])
def test_other_last_words_are_no_verdict(text: str) -> None:
    assert read_verdict(text) is None
