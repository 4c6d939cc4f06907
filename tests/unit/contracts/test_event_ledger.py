import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import FraudRule
from contracts.ledger import (
    EventCounts,
    Ledger,
    LedgerDecodeError,
    LedgerEntry,
    PlantedFraud,
    decode_entry,
    entries_of,
    reconcile,
)

KAFKA_DEFAULT_MAX_RECORD_BYTES = 1_048_576
counts = st.builds(EventCounts, produced=st.integers(0, 10**9), malformed=st.integers(0, 10**6))


def entry(run_id: str = "r1", produced: int = 0, topic: str = "call_events", malformed: int = 0) -> LedgerEntry:
    return LedgerEntry(
        producer="cdr-producer", run_id=run_id, topic=topic, counts=EventCounts(produced=produced, malformed=malformed)
    )


def velocity_fraud(number: int) -> PlantedFraud:
    return PlantedFraud(
        rule=FraudRule.CALL_VELOCITY,
        msisdn=f"1206555{number:04d}",
        event_ids=tuple(f"{number:018d}{call:018d}" for call in range(30)),
        event_times_ms=tuple(1_790_000_000_000 + call for call in range(30)),
    )


def test_a_later_entry_of_the_same_run_replaces_the_earlier() -> None:
    assert Ledger([entry(produced=10), entry(produced=25)]).totals()["call_events"].produced == 25


def test_runs_and_topics_have_accounts_of_their_own() -> None:
    ledger = Ledger([entry("r1", 10), entry("r2", 5, malformed=2), entry("r1", 7, topic="sms_events")])
    assert ledger.totals() == {
        "call_events": EventCounts(produced=15, malformed=2),
        "sms_events": EventCounts(produced=7),
    }


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1000)), max_size=20))
def test_reading_the_topic_twice_changes_nothing(history: list[tuple[str, int]]) -> None:
    entries = [entry(run_id, produced) for run_id, produced in history]
    assert Ledger([*entries, *entries]).totals() == Ledger(entries).totals()


@settings(deadline=None)
@given(counts)
def test_an_entry_survives_the_wire(count: EventCounts) -> None:
    original = LedgerEntry(producer="p", run_id="r", topic="t", counts=count, frauds=(velocity_fraud(1),))
    assert decode_entry(original.encode()) == original


def test_bytes_that_are_no_entry_are_refused() -> None:
    with pytest.raises(LedgerDecodeError, match="not a ledger entry"):
        decode_entry(b'{"producer": "x"}')


@pytest.mark.parametrize("fraud_count", [0, 1, 250, 251, 900])
def test_pages_keep_every_fraud_and_count_once(fraud_count: int) -> None:
    frauds = [velocity_fraud(number) for number in range(fraud_count)]
    ledger = Ledger(entries_of("p", "r", "call_events", EventCounts(produced=3), frauds))
    assert list(ledger.frauds()) == frauds
    assert ledger.totals() == {"call_events": EventCounts(produced=3)}


def test_a_run_is_open_until_its_final_entry() -> None:
    running, ended = entry("r1", 5), entry("r1", 9).model_copy(update={"is_final": True})
    assert Ledger([running]).open_runs() == (("cdr-producer", "r1"),)
    assert Ledger([running, ended]).open_runs() == ()


def test_a_full_page_fits_into_a_record() -> None:
    pages = entries_of("p", "r", "call_events", EventCounts(), [velocity_fraud(number) for number in range(600)])
    assert max(len(page.encode()) for page in pages) < KAFKA_DEFAULT_MAX_RECORD_BYTES / 2


def test_records_in_bronze_or_dlq_balance() -> None:
    balance = reconcile({"call_events": EventCounts(produced=10)}, {"call_events": 8}, {"call_events": 2})
    assert balance["call_events"].is_balanced


@pytest.mark.parametrize(("bronze", "missing"), [(7, 1), (9, -1)])
def test_a_lost_or_doubled_record_breaks_the_balance(bronze: int, missing: int) -> None:
    balance = reconcile({"call_events": EventCounts(produced=10)}, {"call_events": bronze}, {"call_events": 2})
    assert balance["call_events"].missing == missing
    assert not balance["call_events"].is_balanced


def test_rows_of_a_topic_nobody_produced_are_reported() -> None:
    assert reconcile({}, {"sms_events": 1}, {})["sms_events"].missing == -1
