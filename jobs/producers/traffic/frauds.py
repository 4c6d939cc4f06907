"""Labelled frauds: episodes of calls that the fraud rules must find, one subscriber each.

An episode is sent at one moment, but its event times reach into the recent past, so that a short run shows whole
episodes. Its newest event happens when it is sent (unless the episode is late as a whole).

Subscribers take turns as if the planter had always run: a run that soon follows another does not repeat its frauds,
which a detector would rightly take for the same episodes.
"""

from dataclasses import dataclass

import numpy as np

from contracts.events import FraudRule
from contracts.settings import FraudRates
from jobs.producers.model.load_curve import SECONDS_PER_DAY, SECONDS_PER_HOUR
from jobs.producers.model.population import Population
from jobs.producers.traffic.arrivals import ArrivalStream
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks
from jobs.runtime.radio_network.geometry import great_circle_km
from jobs.runtime.radio_network.towers import Indices, TowerNetwork

# Well beyond the rule's 1,000 km/h and 100 km, and more than 25 calls well inside its 30 minutes.
MIN_PLANTED_KM = 300.0
MIN_PLANTED_KMH = 1500.0
MIN_PLANTED_CALLS = 26
MAX_PLANTED_CALLS = 40
MAX_PLANTED_SPAN_MS = 25 * 60 * 1000
_MIN_PLANTED_SPAN_MS = 8 * 60 * 1000
_MIN_GAP_MS = 60_000
_RATE_SUBSCRIBERS = 100_000
_SHUFFLED_SHARE = 0.25
_LATE_SHARE = 0.15
# Span and lateness together stay within the hour after which the lake's gates call an event late: otherwise a few
# episodes of forty calls each would be more late calls than a carrier may have.
_MIN_LATE_MS, _MAX_LATE_MS = 10 * 60 * 1000, 30 * 60 * 1000


@dataclass(frozen=True)
class Episode:
    """Calls of one planted fraud, in the order in which they are sent; all arrays have the same length."""

    rule: FraudRule
    number: int
    subscriber: int
    due_ms: int
    event_time_ms: Indices
    tower: Indices


class FraudPlanter:
    """Places episodes of both rules at set rates over the subscribers kept for frauds."""

    def __init__(
        self, seed: int, ticks: Ticks, rates: FraudRates, population: Population, towers: TowerNetwork
    ) -> None:
        self._seed, self._population, self._towers = seed, population, towers
        per_second = population.count / _RATE_SUBSCRIBERS / SECONDS_PER_HOUR
        self._start_seconds = ticks.origin_ms / MS_PER_SECOND
        self._travel = ArrivalStream(rates.impossible_travel * per_second, ticks)
        self._velocity = ArrivalStream(rates.call_velocity * per_second, ticks)

    def in_tick(self, tick: int) -> list[Episode]:
        """Episodes that start in a tick."""
        return [
            *self._episodes(tick, FraudRule.IMPOSSIBLE_TRAVEL, self._travel),
            *self._episodes(tick, FraudRule.CALL_VELOCITY, self._velocity),
        ]

    def _episodes(self, tick: int, rule: FraudRule, stream: ArrivalStream) -> list[Episode]:
        arrivals = stream.in_tick(tick)
        return [
            self._episode(rule, number, due_ms, turn=int(self._start_seconds * stream.per_second) + number)
            for number, due_ms in zip(arrivals.numbers.tolist(), arrivals.due_ms.tolist(), strict=True)
            if self._has_rested(number, stream.per_second)
        ]

    def _pool_size(self) -> int:
        """Subscribers per rule: one rule gets the even rows of the fraudsters, the other the odd ones."""
        return self._population.fraud_count // 2

    def _has_rested(self, number: int, per_second: float) -> bool:
        """A subscriber is used again only a day later, so that two episodes never melt into one."""
        return number < self._pool_size() or self._pool_size() / per_second >= SECONDS_PER_DAY

    def _episode(self, rule: FraudRule, number: int, due_ms: int, turn: int) -> Episode:
        is_travel = rule is FraudRule.IMPOSSIBLE_TRAVEL
        rng = np.random.default_rng([self._seed, 2, int(is_travel), turn])
        subscriber = self._population.honest_count + 2 * (turn % self._pool_size()) + int(is_travel)
        home_tower = self._tower_in(rng, int(self._population.city[subscriber]))
        times, towers = self._travel_calls(rng, home_tower) if is_travel else _velocity_calls(rng, home_tower)
        if rng.random() < _LATE_SHARE:
            times = times - rng.integers(_MIN_LATE_MS, _MAX_LATE_MS)
        order = np.arange(len(times))
        if rng.random() < _SHUFFLED_SHARE:
            order = rng.permutation(order)
        return Episode(rule, number, subscriber, due_ms, due_ms + times[order], towers[order])

    def _tower_in(self, rng: np.random.Generator, city: int) -> int:
        return int(rng.choice(np.flatnonzero(self._towers.city_of == city)))

    def _travel_calls(self, rng: np.random.Generator, home_tower: int) -> tuple[Indices, Indices]:
        """Two calls: one at home, the other too far away for the minutes between them."""
        network = self._towers
        here = np.full(network.count, home_tower)
        distances = great_circle_km(
            network.latitude[here], network.longitude[here], network.latitude, network.longitude
        )
        far_tower = int(rng.choice(np.flatnonzero(distances >= MIN_PLANTED_KM)))
        longest_gap_ms = distances[far_tower] / MIN_PLANTED_KMH * SECONDS_PER_HOUR * 1000
        gap_ms = int(rng.uniform(_MIN_GAP_MS, longest_gap_ms))
        return np.array([-gap_ms, 0]), np.array([home_tower, far_tower])


def _velocity_calls(rng: np.random.Generator, tower: int) -> tuple[Indices, Indices]:
    """More calls than the rule allows, at different times of one short span, all from one place."""
    count = int(rng.integers(MIN_PLANTED_CALLS, MAX_PLANTED_CALLS + 1))
    span_ms = int(rng.integers(_MIN_PLANTED_SPAN_MS, MAX_PLANTED_SPAN_MS + 1))
    inner = rng.choice(np.arange(1, span_ms), count - 2, replace=False)
    times = np.sort(np.concatenate([[0, span_ms], inner])) - span_ms
    return times, np.full(count, tower)
