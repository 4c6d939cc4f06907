import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from pydantic import ValidationError

from contracts.events import CallEvent, Event, FraudRule
from contracts.settings import FaultRates, FraudRates
from contracts.topics import EVENT_MODEL_BY_TOPIC
from contracts.wire_schema import wire_schema
from jobs.producers.sending.account import Account
from jobs.producers.traffic.cdr_traffic import CdrTraffic
from jobs.producers.traffic.records import Mark, RecordBatch
from jobs.runtime.radio_network.geometry import great_circle_km

Build = Callable[..., CdrTraffic]
NO_FAULTS = FaultRates()
SENT_AT_MS = 1_795_435_200_250


def batches(traffic: CdrTraffic, ticks: Iterable[int]) -> list[RecordBatch]:
    return [batch for tick in ticks for batch in traffic.tick(tick)]


def parsed(model: type[Event], value: bytes) -> Event | None:
    """The event as a consumer reads it, None where the contract is broken."""
    try:
        return model.model_validate(json.loads(value), strict=False)
    except (ValueError, ValidationError):
        return None


def contents(batch: RecordBatch) -> list[tuple[list[bytes], list[bytes], list[int], list[int]]]:
    return [(batch.keys, batch.values, batch.due_ms.tolist(), batch.marks.tolist())]


def test_the_same_seed_gives_the_same_records_in_any_order_of_ticks(build_traffic: Build) -> None:
    forwards = [contents(batch) for batch in batches(build_traffic(), [0, 1, 2])]
    backwards = [contents(batch) for tick in (2, 1, 0) for batch in reversed(build_traffic().tick(tick))]
    assert forwards == backwards[::-1]


def test_another_seed_gives_other_people_and_other_ids(build_traffic: Build) -> None:
    first, second = (set(build_traffic(seed=seed, faults=NO_FAULTS).tick(0)[1].values) for seed in (1, 2))
    assert not first & second


def test_sound_records_keep_the_contract_and_spoiled_ones_break_it(build_traffic: Build) -> None:
    for batch in batches(build_traffic(), range(4)):
        model = EVENT_MODEL_BY_TOPIC[batch.topic]
        for value, mark in zip(batch.values, batch.marks.tolist(), strict=True):
            assert (parsed(model, value) is None) == (mark == Mark.MALFORMED), value


def test_a_record_has_exactly_the_fields_of_its_schema(build_traffic: Build) -> None:
    for batch in build_traffic(faults=NO_FAULTS).tick(0):
        names = set(wire_schema(EVENT_MODEL_BY_TOPIC[batch.topic])["properties"])
        assert all(set(json.loads(value)) == names for value in batch.values)


def test_the_key_is_the_subscriber(build_traffic: Build) -> None:
    for batch in build_traffic(faults=NO_FAULTS).tick(0):
        assert batch.keys == [json.loads(value)["msisdn"].encode() for value in batch.values]


def test_all_six_kinds_of_malformed_records_appear(build_traffic: Build) -> None:
    spoiled = [
        value for batch in batches(build_traffic(faults=FaultRates(malformed=1.0)), [0]) for value in batch.values
    ]
    assert b"" in spoiled
    assert any(b'"yesterday"' in value for value in spoiled)
    assert any(b"\xff\xfe" in value for value in spoiled)
    assert any(value.startswith(b"GET") for value in spoiled)
    assert any(value.endswith(b"}") and b"event_id" not in value for value in spoiled)
    assert any(value.startswith(b"{") and not value.endswith(b"}") for value in spoiled)


def test_the_account_says_what_a_reader_can_count(build_traffic: Build) -> None:
    account, seen = Account("p", "r"), defaultdict[str, list[bytes]](list)
    for batch in batches(build_traffic(subscriber_count=20_000), range(8)):
        account.add(batch, 0, len(batch) // 2, SENT_AT_MS)
        account.add(batch, len(batch) // 2, len(batch), SENT_AT_MS)
        seen[batch.topic] += batch.values
    for entry in account.entries():
        events = [parsed(EVENT_MODEL_BY_TOPIC[entry.topic], value) for value in seen[entry.topic]]
        ids = Counter(event.event_id for event in events if event is not None)
        assert entry.counts.produced == len(events)
        assert entry.counts.malformed == events.count(None) > 0
        assert entry.counts.duplicates == sum(ids.values()) - len(ids) > 0


def test_late_and_out_of_order_events_are_older_than_when_they_are_due(build_traffic: Build) -> None:
    for batch in batches(build_traffic(), range(4)):
        for value, due_ms, mark in zip(batch.values, batch.due_ms.tolist(), batch.marks.tolist(), strict=True):
            if mark in (Mark.NONE, Mark.LATE, Mark.OUT_OF_ORDER):
                age_ms = due_ms - json.loads(value)["event_time_ms"]
                low, high = {Mark.NONE: (0, 0), Mark.LATE: (120_000, 7_200_000)}.get(Mark(mark), (200, 5_000))
                assert low <= age_ms <= high


@pytest.mark.parametrize("fault", ["duplicate", "late", "out_of_order", "malformed"])
def test_a_fault_is_planted_at_its_rate(build_traffic: Build, fault: str) -> None:
    traffic = build_traffic(faults=FaultRates.model_validate({fault: 0.2}), events_per_second=20_000)
    marks = [mark for batch in batches(traffic, range(4)) for mark in batch.marks.tolist()]
    planted = marks.count(Mark[fault.upper()])
    originals = len(marks) - (planted if fault == "duplicate" else 0)
    assert planted / originals == pytest.approx(0.2, abs=0.02)


def test_records_are_in_the_order_they_are_due(build_traffic: Build) -> None:
    for batch in batches(build_traffic(), range(3)):
        assert batch.due_ms.tolist() == sorted(batch.due_ms.tolist())


def test_the_rate_is_kept_but_for_phones_that_are_off(build_traffic: Build) -> None:
    total = sum(len(batch) for batch in batches(build_traffic(faults=NO_FAULTS), range(40)))
    assert 0.97 * 20_000 <= total <= 20_000


def test_roaming_is_where_a_partner_serves(build_traffic: Build) -> None:
    events = [json.loads(v) for b in batches(build_traffic(faults=NO_FAULTS), range(8)) for v in b.values]
    assert {event["is_roaming"] for event in events} == {True, False}
    assert all(event["is_roaming"] == (event["serving_plmn"] != "310260") for event in events)


def detected(calls: list[CallEvent]) -> set[tuple[FraudRule, str]]:
    """Both rules, plain and slow: neighbours in time for travel, 26 calls within 30 minutes for velocity."""
    by_subscriber = defaultdict[str, list[CallEvent]](list)
    for call in calls:
        by_subscriber[call.msisdn].append(call)
    found = set()
    for msisdn, own in by_subscriber.items():
        own.sort(key=lambda call: call.event_time_ms)
        for before, after in pairwise(own):
            kilometres = great_circle_km(before.latitude, before.longitude, after.latitude, after.longitude)  # type: ignore[arg-type]
            hours = (after.event_time_ms - before.event_time_ms) / 3_600_000
            if kilometres >= 100 and kilometres >= 1000 * hours:
                found.add((FraudRule.IMPOSSIBLE_TRAVEL, msisdn))
        for first, last in zip(own, own[25:], strict=False):
            if last.event_time_ms - first.event_time_ms <= 1_800_000:
                found.add((FraudRule.CALL_VELOCITY, msisdn))
    return found


def test_the_planted_frauds_are_found_and_nobody_else(build_traffic: Build) -> None:
    traffic = build_traffic(
        subscriber_count=600,
        events_per_second=200.0,
        faults=FaultRates(late=0.3, out_of_order=0.3),
        frauds=FraudRates(impossible_travel=4_000_000, call_velocity=2_000_000),
    )
    account, calls = Account("p", "r"), []
    for tick in range(120):
        batch = traffic.tick(tick)[0]
        account.add(batch, 0, len(batch), SENT_AT_MS)
        calls += [CallEvent.model_validate_json(value) for value in batch.values]
    planted = [fraud for entry in account.entries() for fraud in entry.frauds]
    assert len(planted) == len({fraud.msisdn for fraud in planted}) > 20
    assert detected(calls) == {(fraud.rule, fraud.msisdn) for fraud in planted}


def test_a_label_names_the_events_that_were_sent(build_traffic: Build) -> None:
    traffic = build_traffic(frauds=FraudRates(impossible_travel=500_000, call_velocity=500_000), faults=NO_FAULTS)
    sent = batches(traffic, range(8))
    events = {json.loads(value)["event_id"]: json.loads(value) for batch in sent for value in batch.values}
    labels = [placed.fraud for batch in sent for placed in batch.frauds]
    assert {label.rule for label in labels} == {FraudRule.IMPOSSIBLE_TRAVEL, FraudRule.CALL_VELOCITY}
    for label in labels:
        times = [events[event_id]["event_time_ms"] for event_id in label.event_ids]
        assert times == list(label.event_times_ms) == sorted(times)
        assert {events[event_id]["msisdn"] for event_id in label.event_ids} == {label.msisdn}


def test_a_fraud_is_accounted_for_when_its_last_call_is_sent(build_traffic: Build) -> None:
    batch = build_traffic(frauds=FraudRates(call_velocity=500_000)).tick(0)[0]
    (placed,) = batch.frauds[:1]
    account = Account("p", "r")
    account.add(batch, 0, placed.last_row, SENT_AT_MS)
    assert account.entries()[0].frauds == ()
    account.add(batch, placed.last_row, placed.last_row + 1, SENT_AT_MS)
    assert account.entries()[0].frauds == (placed.fraud.model_copy(update={"sent_at_ms": SENT_AT_MS}),)
