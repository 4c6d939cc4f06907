"""The radio network: towers with coordinates. A larger network is a smaller one with towers added: nothing moves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.events import RadioAccess
from jobs.runtime.radio_network.cities import CITIES, City
from jobs.runtime.radio_network.geometry import KM_PER_DEGREE, Floats, points_in_disc

Indices = npt.NDArray[np.int64]

# All towers of a city lie within this radius, so a subscriber who stays in a city moves less than 100 km:
# see `jobs.producers.traffic.frauds`.
CITY_RADIUS_KM = 45.0
SECTORS_PER_TOWER = 3
MIN_TOWERS = 2
MAX_TOWERS = 99_999
# Not the producers' seed but a constant: the operator's inventory, both producers and every run share one network.
NETWORK_SEED = 20_26
_TOWERS_PER_SMALL_CITY = 4
_RASTER_CELLS = 48
_RADIO_ACCESS_SHARES = {RadioAccess.GSM: 0.02, RadioAccess.UMTS: 0.08, RadioAccess.LTE: 0.5, RadioAccess.NR: 0.4}


class TowerCountError(ValueError):
    """The network cannot have so many or so few towers."""


@dataclass(frozen=True)
class TowerNetwork:
    """Towers as columns of equal length; a tower is a row number. `city_of` indexes `cities`."""

    cities: tuple[City, ...]
    city_of: Indices
    latitude: Floats
    longitude: Floats
    radio_access: tuple[RadioAccess, ...]
    capacity_users: Indices
    popularity: Floats
    raster: Indices

    @property
    def count(self) -> int:
        """Number of towers."""
        return len(self.city_of)

    @property
    def tower_ids(self) -> list[str]:
        """Identifiers, `TWR-00001` and on."""
        return [f"TWR-{number:05d}" for number in range(1, self.count + 1)]

    def nearest(self, city: Indices, east_km: Floats, north_km: Floats) -> Indices:
        """Tower that serves a place given in kilometres from the city's centre."""
        column, row = (_raster_cell(kilometres) for kilometres in (east_km, north_km))
        serving: Indices = self.raster[city, row, column]
        return serving


def build_towers(tower_count: int) -> TowerNetwork:
    """The network of `tower_count` towers, spread over the cities by weight. Raises `TowerCountError`."""
    if not MIN_TOWERS <= tower_count <= MAX_TOWERS:
        raise TowerCountError(f"tower_count is {tower_count}; it must be {MIN_TOWERS} to {MAX_TOWERS}")
    cities = CITIES[: _open_cities(tower_count)]
    city_of = _city_of_each_tower(tower_count)
    offsets = points_in_disc(_column_generator(1), tower_count, CITY_RADIUS_KM, concentration=0.8)
    centre_latitude = np.array([city.latitude for city in cities])[city_of]
    centre_longitude = np.array([city.longitude for city in cities])[city_of]
    degrees = offsets / KM_PER_DEGREE
    return TowerNetwork(
        cities=cities,
        city_of=city_of,
        latitude=np.round(centre_latitude + degrees[:, 1], 5),
        longitude=np.round(centre_longitude + degrees[:, 0] / np.cos(np.radians(centre_latitude)), 5),
        radio_access=_radio_access(_column_generator(2), tower_count),
        capacity_users=_column_generator(3).integers(4, 25, tower_count) * 50,
        popularity=_column_generator(4).lognormal(0.0, 0.35, tower_count),
        raster=_raster(city_of, offsets, len(cities)),
    )


def _column_generator(column: int) -> np.random.Generator:
    """A stream for each column: a longer network then draws the same numbers first."""
    return np.random.default_rng([NETWORK_SEED, column])


def _open_cities(tower_count: int) -> int:
    """Number of cities that a network of that size has towers in."""
    return max(MIN_TOWERS, min(len(CITIES), tower_count // _TOWERS_PER_SMALL_CITY))


def _city_of_each_tower(tower_count: int) -> Indices:
    """A city's first tower opens it; any other goes where towers are the scarcest for the city's weight.

    The rule looks only at the towers before (it is Webster's method, which gives out one seat after the other).
    """
    weights = np.array([city.weight for city in CITIES])
    built = np.zeros(len(CITIES), np.int64)
    city_of = np.empty(tower_count, np.int64)
    for tower in range(tower_count):
        open_cities = _open_cities(tower + 1)
        scarcity = np.where(built[:open_cities] == 0, np.inf, weights[:open_cities] / (built[:open_cities] + 0.5))
        city_of[tower] = city = scarcity.argmax()
        built[city] += 1
    return city_of


def _radio_access(rng: np.random.Generator, count: int) -> tuple[RadioAccess, ...]:
    kinds = list(_RADIO_ACCESS_SHARES)
    return tuple(kinds[choice] for choice in rng.choice(len(kinds), count, p=list(_RADIO_ACCESS_SHARES.values())))


def _raster(city_of: Indices, offsets: Floats, city_count: int) -> Indices:
    """Nearest tower of every cell of each city's map: [city, row, column]."""
    side = (np.arange(_RASTER_CELLS) + 0.5) / _RASTER_CELLS * 2 * CITY_RADIUS_KM - CITY_RADIUS_KM
    north, east = np.meshgrid(side, side, indexing="ij")
    raster = np.empty((city_count, _RASTER_CELLS, _RASTER_CELLS), np.int64)
    for city in range(city_count):
        members = np.flatnonzero(city_of == city)
        squared = (east[..., None] - offsets[members, 0]) ** 2 + (north[..., None] - offsets[members, 1]) ** 2
        raster[city] = members[squared.argmin(axis=-1)]
    return raster


def _raster_cell(kilometres: Floats) -> Indices:
    cell = ((kilometres + CITY_RADIUS_KM) * (_RASTER_CELLS / (2 * CITY_RADIUS_KM))).astype(np.int64)
    inside: Indices = np.clip(cell, 0, _RASTER_CELLS - 1)
    return inside
