"""Where a subscriber is at a given time: a pure function, so that events may be generated in any order.

Two facts hold for everyone but planted frauds, so that honest people do not look like impossible travel: inside a city
nobody is ever 100 km away from where they were, and between cities a phone is off for `FLIGHT_SECONDS`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.producers.model.load_curve import SECONDS_PER_DAY, SECONDS_PER_HOUR
from jobs.producers.model.population import Population
from jobs.runtime.radio_network.geometry import Floats
from jobs.runtime.radio_network.towers import Indices, TowerNetwork

COMMUTE_HOURS = 0.75
# From coast to coast, 4,500 km, that is 450 km/h.
FLIGHT_SECONDS = 10 * SECONDS_PER_HOUR
TRIP_SECONDS = 4 * SECONDS_PER_DAY
TRIP_PERIOD_SECONDS = 12 * SECONDS_PER_DAY
_DEGREES_PER_HOUR = 15.0
# 1970-01-01 was a Thursday: three days after Monday.
_EPOCH_WEEKDAY = 3
_SATURDAY = 5


@dataclass(frozen=True)
class Whereabouts:
    """Serving tower per row; where `is_reachable` is false, the phone is off."""

    tower: Indices
    is_reachable: npt.NDArray[np.bool_]


def local_hours(epoch_seconds: Floats, longitude: Floats) -> Floats:
    """Hours since 1970 in the solar time of a longitude, which is close enough to a time zone."""
    return epoch_seconds / SECONDS_PER_HOUR + longitude / _DEGREES_PER_HOUR


def locate(population: Population, towers: TowerNetwork, subscriber: Indices, epoch_seconds: Floats) -> Whereabouts:
    """Whereabouts of each row's subscriber at each row's time."""
    in_trip = np.mod(epoch_seconds - population.trip_phase_seconds[subscriber], TRIP_PERIOD_SECONDS)
    travels = population.is_traveller[subscriber]
    is_away = travels & (in_trip < TRIP_SECONDS)
    is_flying = travels & ((in_trip < FLIGHT_SECONDS) | ((in_trip >= TRIP_SECONDS) & (in_trip < _TRIP_END_SECONDS)))
    city = np.where(is_away, population.trip_city[subscriber], population.city[subscriber])
    longitude = np.array([place.longitude for place in towers.cities])[city]
    place = _place_km(population, subscriber, local_hours(epoch_seconds, longitude))
    return Whereabouts(towers.nearest(city, place[:, 0], place[:, 1]), ~is_flying)


_TRIP_END_SECONDS = TRIP_SECONDS + FLIGHT_SECONDS


def _place_km(population: Population, subscriber: Indices, hours: Floats) -> Floats:
    """Offset from the city's centre: at home, at work or on the straight way between the two."""
    day, hour = np.divmod(hours, 24.0)
    to_work = np.clip((hour - population.leave_home_hour[subscriber]) / COMMUTE_HOURS, 0.0, 1.0)
    to_home = np.clip((hour - population.leave_work_hour[subscriber]) / COMMUTE_HOURS, 0.0, 1.0)
    is_workday = (day + _EPOCH_WEEKDAY) % 7 < _SATURDAY
    way = np.where(is_workday, to_work - to_home, 0.0)[:, None]
    home, work = population.home_km[subscriber], population.work_km[subscriber]
    place: Floats = home + (work - home) * way
    return place
