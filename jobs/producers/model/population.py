"""Subscribers: who they are, where they live and work, what they pay, whom they call."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.subscribers import MAX_SUBSCRIBERS
from jobs.producers.model.identities import imeis, imsis, msisdns
from jobs.runtime.radio_network.geometry import Floats, points_in_disc
from jobs.runtime.radio_network.towers import CITY_RADIUS_KM, Indices, TowerNetwork

MIN_SUBSCRIBERS = 100
CONTACTS_PER_SUBSCRIBER = 8
_FRAUD_SHARE = 0.02
_MIN_FRAUDSTERS = 64
_COMMUTER_SHARE = 0.65
_TRAVELLER_SHARE = 0.08
_PREPAID_SHARE = 0.3
# Distances of home and work from the centre stay inside the towers' disc.
_LIVING_RADIUS_KM = CITY_RADIUS_KM - 3.0


class SubscriberCountError(ValueError):
    """The population cannot have so many or so few subscribers."""


@dataclass(frozen=True)
class Population:
    """Subscribers as columns of equal length; a subscriber is a row number.

    Rows from `honest_count` on are kept for planted frauds and do nothing else, so that a labelled fraud is never mixed
    with honest traffic.
    """

    honest_count: int
    msisdn: Indices
    imsi: Indices
    imei: Indices
    city: Indices
    home_km: Floats
    work_km: Floats
    leave_home_hour: Floats
    leave_work_hour: Floats
    is_traveller: npt.NDArray[np.bool_]
    trip_city: Indices
    trip_phase_seconds: Indices
    is_prepaid: npt.NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of subscribers."""
        return len(self.msisdn)

    @property
    def fraud_count(self) -> int:
        """Number of subscribers kept for planted frauds."""
        return self.count - self.honest_count

    def contact(self, subscriber: Indices, number: Indices) -> Indices:
        """Row of a subscriber's contact `number` (0 to `CONTACTS_PER_SUBSCRIBER` - 1), always the same person."""
        mixed = subscriber * 2_654_435_761 + (number + 1) * 40_503_977
        return (subscriber + 1 + mixed % (self.count - 1)) % self.count


def build_population(seed: int, subscriber_count: int, towers: TowerNetwork) -> Population:
    """The population of a seed. Raises `SubscriberCountError`."""
    if not MIN_SUBSCRIBERS <= subscriber_count <= MAX_SUBSCRIBERS:
        raise SubscriberCountError(
            f"subscriber_count is {subscriber_count}; it must be {MIN_SUBSCRIBERS} to {MAX_SUBSCRIBERS}"
        )
    rng = np.random.default_rng([seed, 1])
    rows = np.arange(subscriber_count)
    weights = np.array([city.weight for city in towers.cities])
    city = rng.choice(len(weights), subscriber_count, p=weights / weights.sum())
    home = points_in_disc(rng, subscriber_count, _LIVING_RADIUS_KM, concentration=0.6)
    work = points_in_disc(rng, subscriber_count, _LIVING_RADIUS_KM, concentration=1.0)
    is_commuter = rng.random(subscriber_count) < _COMMUTER_SHARE
    return Population(
        honest_count=subscriber_count - max(_MIN_FRAUDSTERS, int(subscriber_count * _FRAUD_SHARE)),
        msisdn=msisdns(rows),
        imsi=imsis(rows),
        imei=imeis(rows),
        city=city,
        home_km=home,
        work_km=np.where(is_commuter[:, None], work, home),
        leave_home_hour=np.clip(rng.normal(7.6, 1.0, subscriber_count), 4.5, 11.0),
        leave_work_hour=np.clip(rng.normal(17.3, 1.2, subscriber_count), 13.0, 21.5),
        is_traveller=rng.random(subscriber_count) < _TRAVELLER_SHARE,
        trip_city=(city + rng.integers(1, len(weights), subscriber_count)) % len(weights),
        trip_phase_seconds=rng.integers(0, 10**7, subscriber_count),
        is_prepaid=rng.random(subscriber_count) < _PREPAID_SHARE,
    )
