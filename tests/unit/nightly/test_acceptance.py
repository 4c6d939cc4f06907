"""A day that a gate refuses goes out if a person says so, who is named from then on; wrong numbers never do."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from nightly_runs import RUN
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog

from contracts.calendar import Calendar
from contracts.gate_settings import GateSettings
from jobs.nightly.accept import accept
from jobs.nightly.gates.acceptance import Acceptance, NotAcceptableError, with_acceptances
from jobs.nightly.gates.acceptance_records import all_acceptances
from jobs.nightly.gates.catalogue import gates_with
from jobs.nightly.gates.gate import EVIDENCE_ROWS, Outcome, Reading, judge
from jobs.nightly.gates.results import gate_verdict

DAY, NOW = dt.date(2026, 11, 20), dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
GATES = {gate.name: gate for gate in gates_with(GateSettings())}
WRONG_WHATEVER_ANYBODY_SAYS = {
    *("completeness", "uniqueness", "schema", "customer_history", "reconciliation", "personal_data", "lineage"),
}


def of_day(day: dt.date = DAY, value: float = 1.0) -> Reading:
    return Reading(f"calls on {day}", value, day=day)


def acceptance(gate: str = "volume", day: dt.date = DAY, reason: str = "a strike", at: dt.datetime = NOW) -> Acceptance:
    return Acceptance(gate, day, reason, "ann", at)


def judged(readings: list[Reading], *acceptances: Acceptance, gate: str = "volume", run_date: dt.date = DAY) -> Outcome:
    return judge(GATES[gate], with_acceptances(GATES[gate], readings, acceptances, run_date)).outcome


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    yield catalog
    catalog.close()


def test_an_accepted_day_warns_and_every_other_day_and_gate_blocks() -> None:
    other = DAY - dt.timedelta(days=1)
    assert judged([of_day()]) is Outcome.FAILED
    assert judged([of_day()], acceptance()) is Outcome.WARNED
    assert judged([of_day(), of_day(other)], acceptance()) is Outcome.FAILED
    assert judged([of_day()], acceptance(day=other)) is Outcome.FAILED
    assert judged([of_day()], acceptance(gate="freshness")) is Outcome.FAILED


def test_what_is_about_the_run_as_a_whole_is_accepted_by_the_runs_day() -> None:
    stale = [Reading("call_events", 9.0)]
    assert judged(stale, acceptance("freshness"), gate="freshness") is Outcome.WARNED
    assert judged(stale, acceptance("freshness"), gate="freshness", run_date=NOW.date()) is Outcome.FAILED


def test_an_acceptance_says_who_and_why_and_does_not_make_a_sound_day_suspicious() -> None:
    (reading,) = with_acceptances(GATES["volume"], [of_day()], [acceptance()], DAY)
    assert reading.accepted == "accepted by ann at 2026-11-21 08:00 UTC: a strike"
    assert judged([of_day(value=0.0)], acceptance()) is Outcome.PASSED


def test_a_day_that_blocks_is_named_before_many_accepted_ones_that_are_worse() -> None:
    days = [DAY - dt.timedelta(days=number) for number in range(EVIDENCE_ROWS + 2)]
    readings = [of_day(DAY, 0.6), *(of_day(day, 1.0) for day in days[1:])]
    accepted = [acceptance(day=day) for day in days[1:]]
    result = judge(GATES["volume"], with_acceptances(GATES["volume"], readings, accepted, DAY))
    assert (result.outcome, result.value, result.evidence[0].day) == (Outcome.FAILED, 1.0, DAY)
    told = gate_verdict(RUN, result)
    assert told.refused_days == (DAY,)
    assert told.acceptance == "--gate volume --day 2026-11-20 --reason TEXT"
    assert DAY not in told.accepted_days


def test_every_gate_is_either_acceptable_or_finds_wrong_numbers(catalog: Catalog) -> None:
    for name, gate in GATES.items():
        assert gate.is_acceptable is (name not in WRONG_WHATEVER_ANYBODY_SAYS), name
        if not gate.is_acceptable:
            with pytest.raises(NotAcceptableError, match=f"{name} cannot be accepted"):
                accept(catalog, Calendar(), [acceptance(name)])
            assert judged([Reading("x", 9.0)], acceptance(name), gate=name) in (Outcome.FAILED, Outcome.WARNED)
            assert gate_verdict(RUN, judge(gate, [Reading("x", 9.0)])).acceptance == ""
    assert judged([Reading("x", 9.0)], acceptance("reconciliation"), gate="reconciliation") is Outcome.FAILED
    assert all_acceptances(catalog) == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (acceptance("volumes"), "there is no gate 'volumes'; known: completeness, "),
        (acceptance(day=NOW.date() + dt.timedelta(days=1)), "2026-11-22 has not begun"),
        (acceptance(reason=" "), "needs a reason"),
    ],
)
def test_an_acceptance_that_means_nothing_is_refused_with_all_that_was_asked(
    catalog: Catalog, asked: Acceptance, why: str
) -> None:
    with pytest.raises(NotAcceptableError, match=why):
        accept(catalog, Calendar(), [acceptance(), asked])
    assert all_acceptances(catalog) == []


def test_the_first_acceptance_of_a_day_stands_however_often_it_is_asked_for(catalog: Catalog) -> None:
    later = acceptance(reason="changed my mind", at=NOW + dt.timedelta(hours=1))
    assert accept(catalog, Calendar(), [acceptance()]) == [acceptance()]
    assert accept(catalog, Calendar(), [later]) == [acceptance()]
    other_day = acceptance(day=DAY - dt.timedelta(days=1), at=later.accepted_at)
    assert accept(catalog, Calendar(), [other_day]) == [other_day]
    assert all_acceptances(catalog) == [other_day, acceptance()]
