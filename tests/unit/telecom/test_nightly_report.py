"""What people read after a nightly run: every gate, then what is published or what prevented it."""

from rich.console import RenderableType

from telecom.batch.nightly import FAILED, PASSED, Gate, Nightly, PublishedTable
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
