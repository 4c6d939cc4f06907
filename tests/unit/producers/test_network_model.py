import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import NetworkProbeEvent
from contracts.settings import FaultRates, KafkaConnection, NetworkProbeProducerSettings
from contracts.subscribers import MAX_SUBSCRIBERS
from jobs.producers.model import identities
from jobs.producers.model.load_curve import PEAK_LOAD, load_at, load_seconds_until
from jobs.producers.model.population import SubscriberCountError, build_population
from jobs.producers.traffic.arrivals import ArrivalStream
from jobs.producers.traffic.probe_traffic import ProbeTraffic
from jobs.producers.traffic.ticks import TICK_MS, Ticks
from jobs.runtime.radio_network.geometry import great_circle_km
from jobs.runtime.radio_network.towers import TowerCountError, build_towers

START_MS = 1_795_435_200_000
HOUR_MS = 3_600_000


def luhn_is_valid(number: str) -> bool:
    """ISO/IEC 7812-1 by its textbook description."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(sum(map(int, str(digit))) for digit in doubled) % 10 == 0


def probes(start_ms: int = START_MS, **changes: object) -> ProbeTraffic:
    base = {"kafka": KafkaConnection(bootstrap_servers="unused"), "seed": 1, "tower_count": 500}
    return ProbeTraffic(NetworkProbeProducerSettings.model_validate({**base, **changes}), start_ms)


def readings(traffic: ProbeTraffic, ticks: range) -> list[NetworkProbeEvent]:
    return [
        NetworkProbeEvent.model_validate_json(value)
        for tick in ticks
        for batch in traffic.tick(tick)
        for value in batch.values
    ]


def test_device_numbers_pass_the_luhn_check() -> None:
    numbers = identities.imeis(np.arange(0, MAX_SUBSCRIBERS, 79_999)).tolist()
    assert all(len(str(number)) == 15 and luhn_is_valid(str(number)) for number in numbers)
    assert luhn_is_valid("490154203237518")
    assert not luhn_is_valid("490154203237519")


def test_numbers_of_a_large_population_are_unique() -> None:
    # Stretches a million apart: there the devices' serial numbers begin again.
    rows = (np.arange(8)[:, None] * 999_990 + np.arange(3000)).ravel()
    for numbers in (identities.imsis(rows), identities.imeis(rows), identities.msisdns(rows)):
        assert len(np.unique(numbers)) == len(rows)
    assert {len(str(number)) for number in identities.msisdns(rows[:3])} == {11}


@pytest.mark.parametrize("tower_count", [2, 3, 80, 500, 2000])
def test_the_network_has_the_towers_asked_for_and_is_always_the_same(tower_count: int) -> None:
    first, second = build_towers(tower_count), build_towers(tower_count)
    assert first.count == len(set(first.tower_ids)) == tower_count
    assert (first.latitude == second.latitude).all()
    assert (first.popularity == second.popularity).all()


@pytest.mark.parametrize(("smaller", "larger"), [(2, 3), (3, 79), (79, 80), (200, 500), (500, 2001)])
def test_a_larger_network_begins_with_the_smaller_one(smaller: int, larger: int) -> None:
    few, many = build_towers(smaller), build_towers(larger)
    assert many.cities[: len(few.cities)] == few.cities
    assert many.tower_ids[:smaller] == few.tower_ids
    assert many.radio_access[:smaller] == few.radio_access
    for column in ("city_of", "latitude", "longitude", "capacity_users", "popularity"):
        assert (getattr(many, column)[:smaller] == getattr(few, column)).all(), column


def test_towers_are_spread_over_the_cities_by_weight() -> None:
    towers = build_towers(2000)
    weights = np.array([city.weight for city in towers.cities])
    shares = np.bincount(towers.city_of) / towers.count
    assert shares == pytest.approx(weights / weights.sum(), abs=0.001)


def test_towers_of_a_city_lie_less_than_100_km_apart() -> None:
    towers = build_towers(600)
    for city in range(len(towers.cities)):
        own = np.flatnonzero(towers.city_of == city)
        a, b = np.repeat(own, len(own)), np.tile(own, len(own))
        distances = great_circle_km(towers.latitude[a], towers.longitude[a], towers.latitude[b], towers.longitude[b])
        assert distances.max() < 99


def test_the_distance_between_two_known_cities() -> None:
    seattle, miami = np.array([47.6062, -122.3321]), np.array([25.7617, -80.1918])
    assert float(great_circle_km(seattle[:1], seattle[1:], miami[:1], miami[1:])[0]) == pytest.approx(4397, abs=5)


@pytest.mark.parametrize("tower_count", [0, 1, 100_000])
def test_an_impossible_number_of_towers_is_refused(tower_count: int) -> None:
    with pytest.raises(TowerCountError, match=str(tower_count)):
        build_towers(tower_count)


def test_an_impossible_number_of_subscribers_is_refused() -> None:
    with pytest.raises(SubscriberCountError, match="99"):
        build_population(1, 99, build_towers(10))


def test_contacts_are_others_and_always_the_same() -> None:
    people = build_population(1, 5000, build_towers(50))
    everybody = np.arange(people.count)
    for number in range(8):
        contact = people.contact(everybody, np.full(people.count, number))
        assert (contact != everybody).all()
        assert ((contact >= 0) & (contact < people.count)).all()
        assert (contact == people.contact(everybody, np.full(people.count, number))).all()


def test_a_day_of_load_is_a_day_at_mean_load() -> None:
    assert load_seconds_until(20 * 86_400.0) - load_seconds_until(19 * 86_400.0) == pytest.approx(86_400)
    assert float(load_at(np.array([19.0]))[0]) == PEAK_LOAD > 4 * float(load_at(np.array([4.0]))[0])


@settings(deadline=None)
@given(st.floats(0, 5000), st.booleans(), st.integers(0, 10_000))
def test_ticks_cut_a_stream_without_gap_or_overlap(per_second: float, follows_load: bool, first_tick: int) -> None:
    stream = ArrivalStream(per_second, Ticks(START_MS), follows_load)
    ticks = [stream.in_tick(tick) for tick in range(first_tick, first_tick + 4)]
    numbers = np.concatenate([tick.numbers for tick in ticks])
    assert (np.diff(numbers) == 1).all()
    for tick, arrivals in enumerate(ticks, start=first_tick):
        begins = START_MS + tick * TICK_MS
        assert ((arrivals.due_ms >= begins) & (arrivals.due_ms <= begins + TICK_MS)).all()


def test_a_diurnal_stream_is_busy_in_the_evening_and_has_its_mean_over_a_day() -> None:
    stream = ArrivalStream(1.0, Ticks(START_MS - START_MS % (24 * HOUR_MS)), follows_load=True)
    per_hour = [sum(len(stream.in_tick(hour * 14_400 + tick).due_ms) for tick in range(0, 14_400)) for hour in (4, 19)]
    assert per_hour[1] > 4 * per_hour[0]


def test_every_tower_reports_once_a_second() -> None:
    events = readings(probes(), range(8))
    assert len(events) == 1000
    assert len({(event.tower_id, event.event_time_ms // 1000) for event in events}) == 1000


def test_an_interval_of_five_seconds_is_kept() -> None:
    assert len(readings(probes(interval_seconds=5.0), range(40))) == 1000


def test_the_same_seed_gives_the_same_readings() -> None:
    assert readings(probes(), range(3)) == readings(probes(), range(3))
    assert readings(probes(), range(3)) != readings(probes(seed=2), range(3))


def test_towers_follow_the_day_and_some_run_hot() -> None:
    # Night and evening in the middle of the country, which is about six hours behind UTC.
    night, evening = (readings(probes(START_MS + hours * HOUR_MS), range(4)) for hours in (-2, 13))
    assert all(0 <= event.load_percent <= 100 for event in night + evening)
    mean = [np.mean([event.load_percent for event in events]) for events in (night, evening)]
    assert mean[1] > 3 * mean[0]
    hot = [event for event in evening if event.load_percent > 85]
    assert 0.02 < len(hot) / len(evening) < 0.3
    assert all(event.dropped_calls <= event.call_attempts for event in evening)


@pytest.mark.parametrize("hours", range(0, 24, 4))
def test_a_few_towers_are_overloaded_at_any_time_of_day(hours: int) -> None:
    traffic = probes(START_MS + hours * HOUR_MS)
    events = readings(traffic, range(4))
    full = {event.tower_id: event for event in events if event.load_percent > 90}
    assert 3 <= len(full) < 0.1 * traffic.towers.count
    # Failed links are among them, whatever the hour.
    failed = traffic.has_failed(np.arange(500), np.full(500, START_MS + hours * HOUR_MS))
    assert failed.sum() == 3
    assert {traffic.towers.tower_ids[number] for number in np.flatnonzero(failed)} <= full.keys()


def test_other_towers_fail_in_the_next_hour() -> None:
    traffic, everywhere = probes(), np.arange(500)
    now, later = (traffic.has_failed(everywhere, np.full(500, START_MS + hours * HOUR_MS)) for hours in (0, 1))
    assert (now == probes().has_failed(everywhere, np.full(500, START_MS + HOUR_MS - 1))).all()
    assert (now != later).any()


def test_the_key_is_the_tower_and_faults_are_planted() -> None:
    traffic = probes(faults=FaultRates(duplicate=0.1, malformed=0.1))
    (batch,) = traffic.tick(0)
    for key, value, mark in zip(batch.keys, batch.values, batch.marks.tolist(), strict=True):
        if mark < 2:
            assert json.loads(value)["tower_id"].encode() == key
    assert len(batch) > 125
