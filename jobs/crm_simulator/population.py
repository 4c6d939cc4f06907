"""The subscribers on the first day: who they are and what they booked. Pure and seeded."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from contracts.subscribers import subscriber_msisdn

FIRST_NAMES = ("Ada", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jamal", "Kofi", "Lena")
LAST_NAMES = ("Alvarez", "Brown", "Chen", "Diaz", "Evans", "Fischer", "Garcia", "Hughes", "Ito", "Jones", "Khan")
STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine")
CITY_BY_REGION = {
    "pacific_northwest": "Seattle",
    "california": "Los Angeles",
    "mountain": "Denver",
    "southwest": "Phoenix",
    "texas": "Dallas",
    "midwest": "Chicago",
    "southeast": "Miami",
    "northeast": "New York",
}
REGIONS = tuple(CITY_BY_REGION)
SEGMENTS = ("consumer", "consumer", "consumer", "youth", "senior", "business")
CONSENT_PURPOSES = ("marketing", "profiling")
# Traffic may have a history that is older than the CRM's: whoever is in it was a customer then.
SHORTEST_TENURE_DAYS, LONGEST_TENURE_DAYS = 60, 5 * 365
# Customers who take over a number of somebody who is gone: ids have eight digits.
FIRST_SUCCESSOR, SHORTEST_SUCCESSOR_TENURE_DAYS = 50_000_000, 365


@dataclass(frozen=True)
class Plan:
    """A line of the price list."""

    plan_id: str
    plan_name: str
    monthly_fee_usd: Decimal
    included_minutes: int
    included_gigabytes: int


PLANS = (
    Plan("PLAN-S", "Starter", Decimal("15"), 200, 3),
    Plan("PLAN-M", "Everyday", Decimal("35"), 1000, 20),
    Plan("PLAN-L", "Unlimited", Decimal("60"), 10_000, 100),
    Plan("PLAN-B", "Business", Decimal("80"), 10_000, 200),
)


@dataclass(frozen=True)
class Address:
    """A billing address."""

    address_line: str
    city: str
    region: str
    postal_code: str


@dataclass(frozen=True)
class Customer:
    """A person with one account, as the CRM has them."""

    customer_id: str
    full_name: str
    email: str
    msisdn: str
    address: Address
    birth_year: int
    segment: str
    created_at: dt.datetime
    account_id: str
    plan_id: str
    consents: tuple[bool, ...]


def customer_id(index: int) -> str:
    """Natural key of subscriber `index`."""
    return f"CUST-{index:08d}"


def account_id(index: int) -> str:
    """Key of the account of subscriber `index`."""
    return f"ACCT-{index:08d}"


def dissatisfaction(seed: int, index: int) -> float:
    """Hidden trait, 0 to 1: unhappy customers pay late and leave. The churn score has to find it in the data."""
    return Random(f"{seed}/trait/{index}").random()  # noqa: S311 (a simulation)


def random_address(random: Random) -> Address:
    """An address in one of the sales regions."""
    region = random.choice(REGIONS)
    return Address(
        address_line=f"{random.randint(1, 9999)} {random.choice(STREETS)} Street",
        city=CITY_BY_REGION[region],
        region=region,
        postal_code=f"{random.randint(10_000, 99_999)}",
    )


def population(seed: int, customer_count: int, first_day: dt.date) -> Iterator[Customer]:
    """Customers 0 to `customer_count` - 1 as of `first_day`; the same for the same arguments."""
    for index in range(customer_count):
        yield _customer(Random(f"{seed}/customer/{index}"), index, first_day)  # noqa: S311


def successor(seed: int, index: int, at: dt.datetime) -> Customer:
    """Who takes over the number of subscriber `index` then, a customer of old; the same for the same arguments."""
    random = Random(f"{seed}/successor/{index}")  # noqa: S311
    joined = at.date() - dt.timedelta(days=SHORTEST_SUCCESSOR_TENURE_DAYS)
    return replace(_customer(random, index + FIRST_SUCCESSOR, joined), msisdn=subscriber_msisdn(index))


def _customer(random: Random, index: int, first_day: dt.date) -> Customer:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    segment = random.choice(SEGMENTS)
    since = first_day - dt.timedelta(days=random.randint(SHORTEST_TENURE_DAYS, LONGEST_TENURE_DAYS))
    return Customer(
        customer_id=customer_id(index),
        full_name=f"{first} {last}",
        email=f"{first}.{last}.{index}@example.com".lower(),
        msisdn=subscriber_msisdn(index),
        address=random_address(random),
        birth_year=random.randint(1940, 2005),
        segment=segment,
        created_at=dt.datetime.combine(since, dt.time(hour=random.randint(8, 18)), dt.UTC),
        account_id=account_id(index),
        plan_id="PLAN-B" if segment == "business" else random.choice(PLANS[:3]).plan_id,
        consents=tuple(random.random() < 0.6 for _ in CONSENT_PURPOSES),
    )
