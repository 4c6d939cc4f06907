"""What people read after a nightly run: every gate, then what is published or what prevented it."""

import datetime as dt
import json

from rich.console import RenderableType

from telecom.access.query import Answer
from telecom.batch.nightly import FAILED, PASSED, Gate, Nightly, PublishedTable, gates_of
from telecom.batch.nightly_tables import nightly_report
from telecom.terminal.console import answers

VOLUME = Gate("volume", "bronze", PASSED, 1234.0, "rows", "data", "call_events 1200 [of 1300]")
PRIVACY = Gate("personal_data", "gold", FAILED, 2.0, "values", "privacy", "fact_calls has a number")


def printed(shown: RenderableType) -> str:
    with answers.capture() as captured:
        answers.print(shown)
    return captured.get()


def test_a_published_run_shows_its_gates_and_snapshots() -> None:
    done = Nightly("run", 1.0, (VOLUME,), (PublishedTable("gold.fact_calls", 42),))
    text = printed(nightly_report(done))
    assert "1234 rows" in text
    assert "call_events 1200 [of 1300]" in text, "evidence is not taken for markup"
    assert "gold.fact_calls" in text
    assert "42" in text


def test_a_blocked_run_names_the_gates_that_failed() -> None:
    text = printed(nightly_report(Nightly("run", 1.0, (VOLUME, PRIVACY), ())))
    assert "Not published: personal_data failed. Readers see what they saw before." in text
    assert "SNAPSHOT" not in text


SMALL = Gate("volume", "silver", FAILED, 0.6, "deviation", "network", "too few", (dt.date(2026, 11, 20),))


def test_a_run_that_a_person_may_accept_names_the_command() -> None:
    text = printed(nightly_report(Nightly("run", 1.0, (SMALL,), ())))
    assert "telecom accept --gate volume --day 2026-11-20 --reason TEXT" in text


def test_a_run_with_wrong_numbers_names_no_way_out() -> None:
    assert "telecom accept" not in printed(nightly_report(Nightly("run", 1.0, (SMALL, PRIVACY), ())))


def test_a_gates_evidence_tells_who_accepted_what_and_which_days_still_block() -> None:
    readings = [
        {"subject": "calls on 2026-11-19", "value": 1.0, "detail": "none", "day": "2026-11-19", "accepted": "by ann"},
        {"subject": "calls on 2026-11-20", "value": 0.6, "detail": "few", "day": "2026-11-20", "accepted": ""},
        {"subject": "at night", "value": 0.4, "detail": "", "day": "2026-11-18", "accepted": ""},
        {"subject": "as a whole", "value": 0.7, "detail": "", "day": None, "accepted": ""},
    ]
    row = ("volume", "silver", FAILED, 1.0, "deviation", "network", json.dumps(readings), 0.5, dt.date(2026, 11, 21))
    columns = ("name", "layer", "outcome", "value", "unit", "owner", "evidence", "block_above", "run_date")
    (gate,) = gates_of("run", lambda _: Answer(columns, (row,)))
    assert gate.evidence == "calls on 2026-11-19 none by ann; calls on 2026-11-20 few"
    assert gate.refused_days == (dt.date(2026, 11, 20), dt.date(2026, 11, 21))
