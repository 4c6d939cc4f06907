from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import FraudRule
from contracts.settings import FraudRates
from jobs.producers.model.population import Population, build_population
from jobs.producers.traffic.frauds import Episode, FraudPlanter
from jobs.producers.traffic.ticks import Ticks
from jobs.runtime.radio_network.geometry import great_circle_km
from jobs.runtime.radio_network.towers import TowerNetwork, build_towers

START_MS = 1_795_435_200_000
TICKS_PER_HOUR = 4 * 3600


@cache
def people_and_towers(tower_count: int) -> tuple[Population, TowerNetwork]:
    towers = build_towers(tower_count)
    return build_population(5, 20_000, towers), towers


def episodes(
    seed: int, rates: FraudRates, ticks: int, tower_count: int = 60, start_ms: int = START_MS
) -> list[Episode]:
    planter = FraudPlanter(seed, Ticks(start_ms), rates, *people_and_towers(tower_count))
    return [episode for tick in range(ticks) for episode in planter.in_tick(tick)]


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32), tower_count=st.sampled_from([2, 10, 60, 500]))
def test_every_travel_episode_is_beyond_the_rule(seed: int, tower_count: int) -> None:
    towers = people_and_towers(tower_count)[1]
    for episode in episodes(seed, FraudRates(impossible_travel=1e6), 8, tower_count):
        latitude, longitude = towers.latitude[episode.tower], towers.longitude[episode.tower]
        kilometres = float(great_circle_km(latitude[:1], longitude[:1], latitude[1:], longitude[1:])[0])
        hours = abs(int(np.diff(episode.event_time_ms)[0])) / 3_600_000
        assert kilometres >= 300
        assert kilometres / hours >= 1499


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_every_velocity_episode_is_beyond_the_rule(seed: int) -> None:
    for episode in episodes(seed, FraudRates(call_velocity=1e6), 8):
        times = episode.event_time_ms
        assert len(times) == len(np.unique(times)) >= 26
        assert times.max() - times.min() <= 25 * 60 * 1000
        assert len(set(episode.tower.tolist())) == 1


def test_no_velocity_episode_is_so_late_that_the_lakes_gates_would_count_all_of_it() -> None:
    planted = episodes(1, FraudRates(call_velocity=1e6), 60)
    oldest_seconds = [(episode.due_ms - int(episode.event_time_ms.min())) / 1000 for episode in planted]
    assert max(oldest_seconds) < 3600
    assert sum(seconds > 25 * 60 for seconds in oldest_seconds) > 20, "some are late as a whole"


def test_no_two_episodes_share_a_subscriber_and_none_is_honest() -> None:
    planted = episodes(1, FraudRates(impossible_travel=300_000, call_velocity=300_000), 16)
    subscribers = [episode.subscriber for episode in planted]
    assert len(subscribers) == len(set(subscribers)) > 50
    assert min(subscribers) >= people_and_towers(60)[0].honest_count


def test_runs_that_follow_each_other_plant_frauds_of_different_subscribers() -> None:
    rates = FraudRates(impossible_travel=10_000, call_velocity=5_000)
    first, second, third = (
        {episode.subscriber for episode in episodes(1, rates, 100, start_ms=START_MS + run * 60_000)}
        for run in range(3)
    )
    assert len(first) == len(second) == len(third) == 21
    assert not first & second and not second & third and not first & third


def test_a_run_at_the_same_time_plants_the_same_frauds() -> None:
    rates = FraudRates(impossible_travel=10_000, call_velocity=5_000)
    first, second = episodes(1, rates, 100), episodes(1, rates, 100)
    assert [episode.subscriber for episode in first] == [episode.subscriber for episode in second]
    assert all((one.tower == other.tower).all() for one, other in zip(first, second, strict=True))


def test_a_subscriber_is_not_used_twice_in_a_day() -> None:
    planted = episodes(1, FraudRates(call_velocity=1e8), 400)
    assert len(planted) == people_and_towers(60)[0].fraud_count // 2


@pytest.mark.parametrize("rule", [FraudRule.IMPOSSIBLE_TRAVEL, FraudRule.CALL_VELOCITY])
def test_frauds_come_at_their_rate_per_hour_and_subscribers(rule: FraudRule) -> None:
    planted = episodes(1, FraudRates.model_validate({rule.value: 150.0}), TICKS_PER_HOUR)
    assert [episode.rule for episode in planted] == [rule] * 30


def test_a_short_run_sees_an_episode_at_once() -> None:
    assert len(episodes(1, FraudRates(impossible_travel=1.0, call_velocity=1.0), 1)) == 2


def test_some_episodes_are_late_and_some_out_of_order() -> None:
    planted = episodes(1, FraudRates(impossible_travel=300_000), 16)
    assert any(episode.event_time_ms.max() < episode.due_ms - 1_000_000 for episode in planted)
    assert any(np.diff(episode.event_time_ms)[0] < 0 for episode in planted)
    assert any(episode.event_time_ms.max() == episode.due_ms for episode in planted)
