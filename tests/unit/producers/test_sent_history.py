import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from contracts.event_start import begin_of
from contracts.ledger import LedgerEntry
from contracts.settings import CdrHistorySettings, KafkaConnection
from jobs.producers.sending.account import Account
from jobs.producers.sending.metrics import ProducerMetrics
from jobs.producers.sending.pace import NoWaiting, SteadyPace
from jobs.producers.sending.past import NoPastError, past
from jobs.producers.sending.period import Period
from jobs.producers.sending.run import Course, Run
from jobs.producers.traffic.activity import Network, build_network
from jobs.producers.traffic.cdr_traffic import CdrTraffic
from jobs.producers.traffic.history import history_traffic, tick_ms
from jobs.producers.traffic.records import RecordBatch

DAY_MS = 86_400_000
# 2026-11-23 12:00 UTC.
NOW_MS = 1_795_435_200_000
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
Sent = dict[str, list[tuple[bytes, bytes]]]


def history_settings(**changes: object) -> CdrHistorySettings:
    base: dict[str, object] = {
        "kafka": KafkaConnection(bootstrap_servers="unused:9092"),
        "seed": 7,
        "events_per_second": 0.02,
        "load_curve": "diurnal",
        "subscriber_count": 1000,
        "user_count": 40,
        "tower_count": 60,
        "start_time": "P3D",
    }
    return CdrHistorySettings.model_validate({**base, **changes})


NETWORK = build_network(history_settings())


class Broker:
    """Takes what a run sends, as a sender does."""

    def __init__(self) -> None:
        self.metrics = ProducerMetrics(CollectorRegistry())
        self.sent: Sent = {}
        self.ledger: list[LedgerEntry] = []

    def send(self, batch: RecordBatch, start: int, end: int) -> None:
        pairs = zip(batch.keys[start:end], batch.values[start:end], strict=True)
        self.sent.setdefault(batch.topic, []).extend(pairs)

    def flush(self) -> None: ...

    def poll(self) -> None: ...

    def write_ledger(self, entries: Sequence[LedgerEntry]) -> None:
        self.ledger = list(entries)


class NeverStop:
    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> bool:
        return False


def sent_by(changes: dict[str, object], now_ms: int = NOW_MS, speed: float | None = None) -> Broker:
    asked = history_settings(**changes)
    course = past(history_traffic(asked, NETWORK), asked.start_time, speed, now_ms)
    broker = Broker()
    Run(course, broker, Account("cdr-history", "run"), NeverStop()).to_the_end()  # type: ignore[arg-type]
    return broker


def event_times(sent: Sent) -> list[int]:
    return [json.loads(value)["event_time_ms"] for records in sent.values() for _, value in records]


def test_a_history_reaches_from_the_midnight_of_its_first_day_until_now() -> None:
    times = event_times(sent_by({}).sent)
    begins = NOW_MS // DAY_MS * DAY_MS - 3 * DAY_MS
    assert begins <= min(times) and max(times) < NOW_MS
    assert Counter((time - begins) // DAY_MS for time in times).keys() == {0, 1, 2, 3}


def test_a_moment_begins_in_the_middle_of_a_tick() -> None:
    times = event_times(sent_by({"start_time": "2026-11-22T15:30:00+02:00"}).sent)
    assert min(times) >= NOW_MS - DAY_MS + 5_400_000
    assert len(times) == pytest.approx(0.02 * 22.5 * 3600, rel=0.2)


def test_a_restart_on_another_day_repeats_the_records_of_the_days_that_it_shares() -> None:
    first, second = sent_by({}).sent, sent_by({}, NOW_MS + DAY_MS).sent
    for topic, records in first.items():
        begins = NOW_MS // DAY_MS * DAY_MS - 2 * DAY_MS
        shared = [record for record in records if json.loads(record[1])["event_time_ms"] >= begins]
        assert shared == second[topic][: len(shared)]


@settings(deadline=None, max_examples=20)
@given(cuts=st.lists(st.integers(0, 3 * DAY_MS), max_size=4), speed=st.sampled_from([None, 5e6, 1e9]))
def test_slices_and_speeds_give_the_same_records(cuts: list[int], speed: float | None) -> None:
    traffic = history_traffic(history_settings(), NETWORK)
    begins = NOW_MS - 3 * DAY_MS
    edges = [begins, *sorted(begins + cut for cut in cuts), NOW_MS]
    broker = Broker()
    for start_ms, end_ms in pairwise(edges):
        if start_ms < end_ms:
            send_period(traffic, Period(start_ms, end_ms), speed, broker)
    whole = Broker()
    send_period(traffic, Period(begins, NOW_MS), None, whole)
    assert broker.sent == whole.sent


def send_period(traffic: CdrTraffic, period: Period, speed: float | None, broker: Broker) -> None:
    pace = NoWaiting() if speed is None else SteadyPace(period.start_ms, time.time(), speed)
    run = Run(Course(traffic, period, pace), broker, Account("h", "r"), NeverStop())  # type: ignore[arg-type]
    run.to_the_end()


def test_only_the_first_honest_subscribers_use_the_network() -> None:
    keys = {int(key) for records in sent_by({}).sent.values() for key, _ in records}
    assert keys <= set(NETWORK.population.msisdn[:40].tolist())
    assert len(keys) > 30


def test_ids_differ_as_soon_as_the_records_do() -> None:
    ids = [
        json.loads(sent_by(changes).sent["call_events"][0][1])["event_id"].split("-")[0]
        for changes in ({}, {"seed": 8}, {"user_count": 30}, {"events_per_second": 0.01}, {"start_time": "P2D"})
    ]
    assert len(set(ids)) == 4
    assert ids[0] == ids[-1]


def test_the_ledger_says_all_of_it_and_that_nothing_follows() -> None:
    broker = sent_by({})
    assert {entry.topic: entry.counts.produced for entry in broker.ledger} == {
        topic: len(records) for topic, records in broker.sent.items()
    }
    assert all(entry.is_final for entry in broker.ledger)


def test_a_history_is_as_busy_as_its_rate_says_and_follows_the_day() -> None:
    traffic = history_traffic(history_settings(events_per_second=1.0, user_count=400), NETWORK)
    day = NOW_MS // DAY_MS
    ticks = range(day * DAY_MS // traffic.ticks.length_ms, (day + 1) * DAY_MS // traffic.ticks.length_ms)
    due = np.concatenate([batch.due_ms for tick in ticks for batch in traffic.tick(tick)])
    by_hour = Counter(((due - day * DAY_MS) // 3_600_000).tolist())
    assert len(due) == pytest.approx(86_400, rel=0.02)
    assert by_hour[19] > 4 * by_hour[4]


@pytest.mark.parametrize(("events_per_second", "hours"), [(0.01, 24), (0.3, 12), (1.0, 3), (60_000, 1)])
def test_a_tick_is_a_day_or_as_short_as_its_records_demand(events_per_second: float, hours: int) -> None:
    assert tick_ms(events_per_second) == hours * 3_600_000


def test_a_history_of_the_future_is_refused() -> None:
    with pytest.raises(NoPastError, match="2027-01-01T00:00:00Z"):
        sent_by({"start_time": "2027-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    ("start_time", "begins"),
    [
        ("P3D", "2026-11-20T00:00:00+00:00"),
        ("P13W", "2026-08-24T00:00:00+00:00"),
        ("2026-07-01T00:00:00Z", "2026-07-01T00:00:00+00:00"),
        ("2026-07-01T02:00:00.5+02:00", "2026-07-01T00:00:00.500000+00:00"),
    ],
)
def test_a_start_is_a_moment_or_so_many_days_ago(start_time: str, begins: str) -> None:
    assert begin_of(start_time, NOW).astimezone(dt.UTC).isoformat() == begins


@pytest.mark.parametrize(
    "start_time",
    ["", "3D", "P0D", "P3M", "P1DT2H", "-P3D", "P9999D", "2026-07-01", "2026-02-30T00:00:00Z", "2026-07-01T00:00:00"],
)
def test_other_starts_are_refused(start_time: str) -> None:
    with pytest.raises(ValidationError):
        history_settings(start_time=start_time)


def test_a_network_of_fewer_people_is_used_by_all_of_them() -> None:
    network: Network = build_network(history_settings(subscriber_count=100))
    traffic = history_traffic(history_settings(subscriber_count=100, user_count=5000), network)
    keys = {key for batch in traffic.tick(NOW_MS // traffic.ticks.length_ms) for key in batch.keys}
    assert 1 < len(keys) <= network.population.honest_count
