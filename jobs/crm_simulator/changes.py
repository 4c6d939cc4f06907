"""What happens on one day: moves, changes of plan and consent, departures, erased customers. Pure and seeded.

A change names a subscriber by index; the writer skips it when that subscriber has left already.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from jobs.crm_simulator.population import (
    CONSENT_PURPOSES,
    PLANS,
    Address,
    Customer,
    dissatisfaction,
    random_address,
    successor,
)

# Expected share of subscribers per day.
MOVES_PER_DAY = 0.002
PLAN_CHANGES_PER_DAY = 0.002
CONSENT_CHANGES_PER_DAY = 0.001
HARD_DELETES_PER_DAY = 0.00002
# The chance per day that the unhappiest customer leaves; for a happy one it is a fiftieth of that.
HIGHEST_CHURN_PER_DAY = 0.012
LEAST_CHURN_SHARE = 0.02
SECONDS_PER_DAY = 24 * 3600


@dataclass(frozen=True)
class Moved:
    """A new billing address."""

    at: dt.datetime
    subscriber: int
    address: Address


@dataclass(frozen=True)
class PlanChanged:
    """Another plan booked."""

    at: dt.datetime
    subscriber: int
    plan_id: str


@dataclass(frozen=True)
class ConsentChanged:
    """A consent given or withdrawn."""

    at: dt.datetime
    subscriber: int
    purpose: str
    is_granted: bool


@dataclass(frozen=True)
class Churned:
    """The account is closed."""

    at: dt.datetime
    subscriber: int


@dataclass(frozen=True)
class Deleted:
    """The customer is gone from the CRM without a trace there (hard delete), and somebody else takes over the number:
    the phone goes on calling, as the network knows nothing of the CRM.
    """

    at: dt.datetime
    subscriber: int
    successor: Customer


Change = Moved | PlanChanged | ConsentChanged | Churned | Deleted


def changes_of(seed: int, day: dt.date, customer_count: int) -> list[Change]:
    """Changes of `day` in order of time; the same for the same arguments."""
    random = Random(f"{seed}/day/{day}")  # noqa: S311 (a simulation)
    changes: list[Change] = [*_moves(random, day, customer_count), *_plan_changes(random, day, customer_count)]
    changes += [*_consent_changes(random, day, customer_count), *_departures(seed, random, day, customer_count)]
    return sorted(changes, key=lambda change: (change.at, change.subscriber, type(change).__name__))


def _moves(random: Random, day: dt.date, customer_count: int) -> Iterator[Change]:
    for subscriber in _chosen(random, MOVES_PER_DAY, customer_count):
        yield Moved(_moment(random, day), subscriber, random_address(random))


def _plan_changes(random: Random, day: dt.date, customer_count: int) -> Iterator[Change]:
    for subscriber in _chosen(random, PLAN_CHANGES_PER_DAY, customer_count):
        yield PlanChanged(_moment(random, day), subscriber, random.choice(PLANS).plan_id)


def _consent_changes(random: Random, day: dt.date, customer_count: int) -> Iterator[Change]:
    for subscriber in _chosen(random, CONSENT_CHANGES_PER_DAY, customer_count):
        yield ConsentChanged(_moment(random, day), subscriber, random.choice(CONSENT_PURPOSES), random.random() < 0.5)


def _departures(seed: int, random: Random, day: dt.date, customer_count: int) -> Iterator[Change]:
    for subscriber in _chosen(random, HIGHEST_CHURN_PER_DAY, customer_count):
        if random.random() < max(LEAST_CHURN_SHARE, dissatisfaction(seed, subscriber) ** 4):
            yield Churned(_moment(random, day), subscriber)
    for subscriber in _chosen(random, HARD_DELETES_PER_DAY, customer_count):
        at = _moment(random, day)
        yield Deleted(at, subscriber, successor(seed, subscriber, at))


def _chosen(random: Random, share: float, customer_count: int) -> list[int]:
    expected = share * customer_count
    count = int(expected) + (random.random() < expected % 1)
    return random.sample(range(customer_count), count)


def _moment(random: Random, day: dt.date) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return midnight + dt.timedelta(seconds=random.randrange(SECONDS_PER_DAY))
