"""Honest people never look like the two planted frauds: what makes precision a fair measure."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.settings import CdrProducerSettings, FaultRates, KafkaConnection
from jobs.producers.model.movement import TRIP_PERIOD_SECONDS, locate
from jobs.producers.traffic import faults
from jobs.producers.traffic.activity import Network, build_network
from jobs.producers.traffic.arrivals import ArrivalStream
from jobs.producers.traffic.cdr_traffic import callers, rates_per_second
from jobs.producers.traffic.ticks import Ticks
from jobs.runtime.radio_network.geometry import great_circle_km

START_MS = 1_795_435_200_000
VELOCITY_WINDOW_MS = 30 * 60 * 1000
VELOCITY_LIMIT = 25
SPEED_LIMIT_KMH, DISTANCE_LIMIT_KM = 1000.0, 100.0


def settings_of(**changes: object) -> CdrProducerSettings:
    base = {"kafka": KafkaConnection(bootstrap_servers="unused"), "seed": 3, "events_per_second": 1e6}
    return CdrProducerSettings.model_validate({**base, "subscriber_count": 3000, "tower_count": 300, **changes})


@cache
def network(seed: int) -> Network:
    return build_network(settings_of(seed=seed))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 3),
    start=st.integers(0, 3 * TRIP_PERIOD_SECONDS),
    gap_seconds=st.one_of(st.integers(0, 7200), st.integers(0, TRIP_PERIOD_SECONDS)),
)
def test_nobody_travels_impossibly(seed: int, start: int, gap_seconds: int) -> None:
    """All subscribers at two times: too far apart for the time between, only if the phone was off at one of them."""
    place = network(seed)
    everybody = np.arange(place.population.honest_count)
    first, second = (
        locate(place.population, place.towers, everybody, np.full(len(everybody), START_MS / 1000 + start + shift))
        for shift in (0, gap_seconds)
    )
    towers = place.towers
    kilometres = great_circle_km(
        towers.latitude[first.tower],
        towers.longitude[first.tower],
        towers.latitude[second.tower],
        towers.longitude[second.tower],
    )
    is_impossible = (kilometres >= DISTANCE_LIMIT_KM) & (kilometres >= SPEED_LIMIT_KMH * gap_seconds / 3600)
    assert not (is_impossible & first.is_reachable & second.is_reachable).any()


def test_people_do_move_and_some_fly() -> None:
    place = network(0)
    everybody = np.arange(place.population.honest_count)
    hours = [
        locate(place.population, place.towers, everybody, np.full(len(everybody), START_MS / 1000 + 3600.0 * hour))
        for hour in range(24)
    ]
    # Noon and deep night in the middle of the country, six hours behind UTC.
    assert 0.4 < (hours[6].tower != hours[20].tower).mean() < 0.8
    assert any(not hour.is_reachable.all() for hour in hours)


@settings(deadline=None, max_examples=6)
@given(
    subscriber_count=st.integers(100, 600),
    load_curve=st.sampled_from(["flat", "diurnal"]),
    late=st.floats(0, 1),
    start_hours=st.integers(0, 23),
)
def test_nobody_calls_too_often(subscriber_count: int, load_curve: str, late: float, start_hours: int) -> None:
    """Far more events asked for than people can call, any share late and the rest out of order: still 25 at most."""
    asked = settings_of(
        subscriber_count=subscriber_count, load_curve=load_curve, faults=FaultRates(late=late, out_of_order=1 - late)
    )
    honest = build_network(asked).population.honest_count
    calls, _, _ = rates_per_second(asked, honest)
    stream = ArrivalStream(calls, Ticks(START_MS + start_hours * 3_600_000), load_curve == "diurnal")
    ticks = [stream.in_tick(tick) for tick in range(5400 * 4)]
    numbers = np.concatenate([tick.numbers for tick in ticks])
    rng = np.random.default_rng(1)
    marks = faults.draw_marks(rng, len(numbers), asked.faults)
    subscriber = callers(numbers, honest)
    times = faults.event_times(rng, np.concatenate([tick.due_ms for tick in ticks]), marks, subscriber)
    assert most_calls_in_a_window(subscriber, times) <= VELOCITY_LIMIT


def most_calls_in_a_window(subscriber: np.ndarray, times: np.ndarray) -> int:
    """Exact: for each call, its subscriber's calls from it to 30 minutes later, both ends included."""
    most = 0
    for one in np.unique(subscriber):
        own = np.sort(times[subscriber == one])
        most = max(
            most, int((np.searchsorted(own, own + VELOCITY_WINDOW_MS, side="right") - np.arange(len(own))).max())
        )
    return most


@pytest.mark.parametrize("times", [[0] * 26, [*range(0, 1_800_001, 72_000)]])
def test_the_window_count_sees_a_fraud(times: list[int]) -> None:
    assert most_calls_in_a_window(np.zeros(len(times), int), np.array(times)) == 26
