"""Calls, SMS and data sessions of a population: a pure function of settings, ticks and the number of a tick."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import gcd

import numpy as np

from contracts.events import CallEvent, DataSessionEvent, Event, SmsEvent
from contracts.ledger import PlantedFraud
from contracts.settings import CdrSettings
from contracts.subscribers import MAX_SUBSCRIBERS
from jobs.producers.model.load_curve import PEAK_LOAD
from jobs.producers.model.movement import locate
from jobs.producers.traffic import faults
from jobs.producers.traffic.activity import ActivityRows, Network
from jobs.producers.traffic.arrivals import ArrivalStream
from jobs.producers.traffic.calls import render_calls
from jobs.producers.traffic.data_sessions import render_data_sessions
from jobs.producers.traffic.frauds import Episode, FraudPlanter
from jobs.producers.traffic.messages import render_messages
from jobs.producers.traffic.records import Mark, Marks, PlacedFraud, RecordBatch
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks
from jobs.runtime.radio_network.towers import Indices

CALL_SHARE, MESSAGE_SHARE = 0.4, 0.25
# An honest subscriber calls once in a cycle of at least this length. In any 30 minutes (and 5 s of out-of-order shift)
# that is at most 12 calls on time and 12 late ones: never more than the velocity rule's 25.
MIN_CALL_CYCLE_SECONDS = 152
# Event numbers of planted calls lie above those of honest ones: an episode has room for 64 calls.
_FIRST_FRAUD_NUMBER = 2**48
_CALLS_PER_EPISODE = 64
_GOLDEN_RATIO = 0.6180339887

Render = Callable[[np.random.Generator, Network, ActivityRows, str], list[bytes]]


@dataclass(frozen=True)
class _Kind:
    model: type[Event]
    letter: str
    stream: ArrivalStream
    render: Render


class CdrTraffic:
    """The model. `tick(n)` gives the records due in tick n; every call with the same n gives the same records.

    Event ids begin with `id_prefix`. The first `user_count` honest subscribers use the network, all without it.
    """

    def __init__(
        self,
        settings: CdrSettings,
        network: Network,
        ticks: Ticks,
        id_prefix: str,
        user_count: int | None = None,
    ) -> None:
        self._settings, self.network, self.ticks = settings, network, ticks
        self._id_prefix = id_prefix
        self._user_count = min(user_count or MAX_SUBSCRIBERS, network.population.honest_count)
        self._planter = FraudPlanter(settings.seed, ticks, settings.frauds, network.population, network.towers)
        calls, messages, sessions = rates_per_second(settings, self._user_count)
        follows_load = settings.load_curve == "diurnal"
        self._kinds = (
            _Kind(CallEvent, "c", ArrivalStream(calls, ticks, follows_load), render_calls),
            _Kind(SmsEvent, "s", ArrivalStream(messages, ticks, follows_load), render_messages),
            _Kind(DataSessionEvent, "d", ArrivalStream(sessions, ticks, follows_load), render_data_sessions),
        )

    def tick(self, tick: int) -> list[RecordBatch]:
        """Records of one tick, a batch per topic."""
        return [self._batch(position, kind, tick) for position, kind in enumerate(self._kinds)]

    def _batch(self, position: int, kind: _Kind, tick: int) -> RecordBatch:
        rng = np.random.default_rng([self._settings.seed, 3, position, tick])
        rows, due_ms, marks = self._honest_rows(rng, kind, tick)
        episodes = self._planter.in_tick(tick) if kind.model is CallEvent else []
        for episode in episodes:
            rows = _joined(rows, _episode_rows(episode))
            due_ms = np.concatenate([due_ms, np.full(len(episode.tower), episode.due_ms)])
            marks = np.concatenate([marks, np.full(len(episode.tower), Mark.NONE, np.int8)])
        id_prefix = f"{self._id_prefix}-{kind.letter}-"
        keys, values = self.network.keys(rows), kind.render(rng, self.network, rows, id_prefix)
        faults.spoil(rng, values, marks)
        order, sent_marks = faults.order_with_copies(due_ms, marks)
        in_order = order.tolist()
        return RecordBatch(
            topic=kind.model.topic,
            keys=[keys[row] for row in in_order],
            values=[values[row] for row in in_order],
            due_ms=due_ms[order],
            marks=sent_marks,
            frauds=tuple(self._placed(episode, rows, order, id_prefix) for episode in episodes),
        )

    def _honest_rows(self, rng: np.random.Generator, kind: _Kind, tick: int) -> tuple[ActivityRows, Indices, Marks]:
        """Rows of people whose phone is on, when they are due, and the fault planted in each."""
        arrivals = kind.stream.in_tick(tick)
        if kind.model is CallEvent:
            subscriber = callers(arrivals.numbers, self._user_count)
        else:
            subscriber = self._users(rng, len(arrivals.due_ms))
        marks = faults.draw_marks(rng, len(subscriber), self._settings.faults)
        event_time_ms = faults.event_times(rng, arrivals.due_ms, marks, subscriber)
        where = locate(self.network.population, self.network.towers, subscriber, event_time_ms / float(MS_PER_SECOND))
        on = where.is_reachable
        rows = ActivityRows(arrivals.numbers[on], subscriber[on], event_time_ms[on], where.tower[on])
        return rows, arrivals.due_ms[on], marks[on]

    def _users(self, rng: np.random.Generator, count: int) -> Indices:
        """Some people far more often than others."""
        rank = (rng.random(count) ** 2 * self._user_count).astype(np.int64)
        return rank * _coprime_step(self._user_count) % self._user_count

    def _placed(self, episode: Episode, rows: ActivityRows, order: Indices, id_prefix: str) -> PlacedFraud:
        numbers = _episode_numbers(episode)
        by_time = np.argsort(episode.event_time_ms, kind="stable")
        sent = np.flatnonzero(np.isin(rows.number[order], numbers))
        fraud = PlantedFraud(
            rule=episode.rule,
            msisdn=str(self.network.population.msisdn[episode.subscriber]),
            event_ids=tuple(f"{id_prefix}{number}" for number in numbers[by_time].tolist()),
            event_times_ms=tuple(episode.event_time_ms[by_time].tolist()),
        )
        return PlacedFraud(int(sent[-1]), fraud)


def live_traffic(settings: CdrSettings, network: Network, start_ms: int) -> CdrTraffic:
    """Traffic of a run that starts at `start_ms`."""
    return CdrTraffic(settings, network, Ticks(start_ms), event_id_prefix(settings.seed, start_ms))


def event_id_prefix(seed: int, start_ms: int) -> str:
    """Prefix of a run's event ids: the same for the same seed and start, a different one for any other run."""
    return hashlib.blake2b(f"{seed}/{start_ms}".encode(), digest_size=6).hexdigest()


def rates_per_second(settings: CdrSettings, user_count: int) -> tuple[float, float, float]:
    """Calls, SMS and data sessions per second. Calls beyond what so many people can make become data sessions."""
    total = settings.events_per_second
    peak = PEAK_LOAD if settings.load_curve == "diurnal" else 1.0
    calls = min(total * CALL_SHARE, user_count / MIN_CALL_CYCLE_SECONDS / peak)
    messages = total * MESSAGE_SHARE
    return calls, messages, total - calls - messages


def callers(numbers: Indices, user_count: int) -> Indices:
    """Who makes each call: everybody once in a cycle of `user_count` calls, in a scattered order."""
    return numbers * _coprime_step(user_count) % user_count


@cache
def _coprime_step(count: int) -> int:
    """A step near the golden section that visits each of `count` rows once in `count` steps."""
    step = max(1, int(count * _GOLDEN_RATIO))
    while gcd(step, count) != 1:
        step += 1
    return step


def _episode_numbers(episode: Episode) -> Indices:
    rule_number = list(type(episode.rule)).index(episode.rule)
    first = _FIRST_FRAUD_NUMBER * (1 + rule_number) + episode.number * _CALLS_PER_EPISODE
    return first + np.arange(len(episode.tower))


def _episode_rows(episode: Episode) -> ActivityRows:
    subscriber = np.full(len(episode.tower), episode.subscriber)
    return ActivityRows(_episode_numbers(episode), subscriber, episode.event_time_ms, episode.tower)


def _joined(first: ActivityRows, second: ActivityRows) -> ActivityRows:
    return ActivityRows(
        np.concatenate([first.number, second.number]),
        np.concatenate([first.subscriber, second.subscriber]),
        np.concatenate([first.event_time_ms, second.event_time_ms]),
        np.concatenate([first.tower, second.tower]),
    )
