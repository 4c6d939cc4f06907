import dataclasses
import datetime as dt

import pytest
from nightly_runs import RUN

from contracts.calendar import Calendar
from contracts.gate_settings import GateSettings
from contracts.nightly_verdict import LONGEST_TEXT_BYTES, GateVerdict, read_verdict
from jobs.nightly.gates.catalogue import GATE_NAMES, gates_with
from jobs.nightly.gates.gate import Gate, Layer, Outcome, Reading, judge
from jobs.nightly.gates.judging.schema_diff import schema_readings
from jobs.nightly.gates.reading.readers import READERS
from jobs.nightly.gates.results import verdict
from jobs.nightly.gates.statement import MOST_SERIES, UnknownTableError, first_moment, render, unbroken

GATES = gates_with(GateSettings())
GATE_BY_NAME = {gate.name: gate for gate in GATES}
GATE = Gate(1, "example", Layer.GOLD, "rule", "share", "owner", True, warn_above=0.1, block_above=0.5)


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


def test_what_is_named_warns_however_small_it_is_unless_the_gate_never_warns():
    named = Reading("outage", 0.01, is_named=True)
    assert judge(GATE, [Reading("day", 0.05), named]).outcome is Outcome.WARNED
    assert judge(GATE, [named]).evidence == (named,)
    assert judge(dataclasses.replace(GATE, warn_above=None), [named]).outcome is Outcome.PASSED


def test_there_are_fifteen_gates_with_names_owners_and_readers_of_their_own():
    assert [gate.number for gate in GATES] == list(range(1, 16))
    assert tuple(READERS) == GATE_NAMES == tuple(GateSettings().by_name)
    assert all(gate.owner and gate.rule for gate in GATES)


def test_a_removed_or_retyped_column_is_a_breach_and_a_new_one_an_addition():
    readings = schema_readings("t", {"a": "string", "b": "int"}, {"b": "long", "c": "string"})
    assert [(reading.subject, reading.value) for reading in readings] == [("t.a", 1.0), ("t.b", 1.0), ("t.c", 0.5)]
    assert judge(GATE_BY_NAME["schema"], readings).blocks
    assert judge(GATE_BY_NAME["schema"], readings[2:]).outcome is Outcome.WARNED


def test_a_gate_reads_the_audited_snapshot():
    statement = render("select * from $bronze_call_events where a >= $window_start", RUN, "iceberg")
    assert "iceberg.bronze.call_events for version as of 11" in statement
    assert "timestamp '2026-11-17 00:00:00.000000 UTC'" in statement


def test_touched_days_are_ranges_of_literals_so_that_the_engine_can_prune():
    assert render("where $on_touched_days", RUN, "iceberg") == (
        "where (event_date between date '2026-10-02' and date '2026-10-02'"
        " or event_date between date '2026-11-19' and date '2026-11-20')"
    )
    assert render("where $at_touched_times", RUN, "iceberg").endswith(
        "event_time >= timestamp '2026-11-19 00:00:00.000000 UTC'"
        " and event_time < timestamp '2026-11-21 00:00:00.000000 UTC')"
    )


def test_days_are_those_of_the_calendar():
    berlin = dataclasses.replace(RUN, calendar=Calendar(time_zone="Europe/Berlin"))
    statement = render("$at_touched_times $judged_start $time_zone", berlin, "iceberg")
    assert "event_time >= timestamp '2026-10-01 22:00:00.000000 UTC'" in statement
    assert "event_time < timestamp '2026-11-20 23:00:00.000000 UTC'" in statement
    assert statement.endswith("timestamp '2026-11-19 23:00:00.000000 UTC' 'Europe/Berlin'")


def test_a_backfill_of_other_days_says_nothing_of_the_runs_day():
    (judged,) = RUN.judged.days
    assert judged.closed_hours == 17
    assert dataclasses.replace(RUN, is_backfill=True).judged.days == (judged,)
    other = dataclasses.replace(RUN, is_backfill=True, days=(dt.date(2026, 10, 2),))
    assert other.judged.days == ()
    assert render("$judged_start", other, "iceberg") == render("$judged_until", other, "iceberg")
    assert render("$first_judged_day $last_judged_day", other, "iceberg") == "date '2026-11-20' date '2026-11-19'"


def test_statements_span_all_days_that_are_judged():
    refused = dataclasses.replace(RUN, unjudged_since=dt.date(2026, 11, 18))
    statement = render("$first_judged_day $last_judged_day $judged_start $judged_until", refused, "iceberg")
    assert statement == (
        "date '2026-11-18' date '2026-11-20' timestamp '2026-11-18 00:00:00.000000 UTC'"
        " timestamp '2026-11-20 17:00:00.000000 UTC'"
    )
    assert first_moment(refused, 3) == dt.datetime(2026, 11, 15, tzinfo=dt.UTC)


def test_months_are_touched_by_their_days():
    assert render("$in_touched_months and $of_touched_months", RUN, "iceberg") == (
        "(event_date between date '2026-10-01' and date '2026-10-31'"
        " or event_date between date '2026-11-01' and date '2026-11-30')"
        " and (month_start = date '2026-10-01' or month_start = date '2026-11-01')"
    )


def test_months_that_were_summed_up_again_without_their_days_are_touched_as_well():
    again = dataclasses.replace(RUN, days=(dt.date(2026, 10, 2),), months=(dt.date(2026, 9, 1),))
    assert render("$of_touched_months and $on_touched_days", again, "iceberg") == (
        "(month_start = date '2026-09-01' or month_start = date '2026-10-01')"
        " and (event_date between date '2026-10-02' and date '2026-10-02')"
    )


def test_a_run_that_touched_no_day_looks_at_no_row():
    idle = dataclasses.replace(RUN, days=())
    assert render("where $on_touched_days and $at_touched_times", idle, "iceberg") == "where (false) and (false)"


def test_a_gate_on_a_table_the_run_does_not_know_is_an_error():
    with pytest.raises(UnknownTableError, match="gold_dim_towers"):
        render("select 1 from $gold_dim_towers", RUN, "iceberg")


def test_the_verdict_of_all_gates_fits_into_a_pods_last_words_and_is_read_again():
    # The longest numbers that a reading can have.
    days = [RUN.run_date - dt.timedelta(days=number) for number in range(31)]
    refused = [Reading(f"x on {day}", 1.2345678901234567e300, day=day) for day in days]
    accepted = [dataclasses.replace(reading, accepted="accepted") for reading in refused]
    results = [judge(gate, readings) for gate in GATES for readings in (refused, accepted)]
    told = verdict(RUN, [*results[: len(GATES) + 1], judge(GATE, [Reading("x", 0.9)])])
    assert len(told.text().encode()) <= LONGEST_TEXT_BYTES
    assert read_verdict(told.text()) == told
    assert told.gates[-1] == GateVerdict(
        name="example", layer="gold", owner="owner", outcome="failed", value=0.9, refused_days=(RUN.run_date,)
    )


@pytest.mark.parametrize("text", ["", "Error: no such table", "{}", '{"run_id":"a","gates":[{"name":"x"}]}'])
def test_other_last_words_are_no_verdict(text: str) -> None:
    assert read_verdict(text) is None


def test_many_lonely_days_become_one_range_so_that_trino_takes_the_statement():
    first = dt.date(2025, 1, 1)
    few = [first + dt.timedelta(days=2 * number) for number in range(MOST_SERIES)]
    assert unbroken(few) == [(day, day) for day in few]
    many = [*few, few[-1] + dt.timedelta(days=2)]
    assert unbroken(many) == [(many[0], many[-1])]
