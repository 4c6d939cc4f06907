"""Distances on the globe and on a city's flat map."""

import numpy as np
import numpy.typing as npt

from contracts.earth import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]
KM_PER_DEGREE = 2 * np.pi * EARTH_RADIUS_KM / 360


def great_circle_km(latitude_a: Floats, longitude_a: Floats, latitude_b: Floats, longitude_b: Floats) -> Floats:
    """Haversine distance in kilometres between points given in degrees, element by element."""
    a, b = np.radians(latitude_a), np.radians(latitude_b)
    sine_latitude = np.sin((b - a) / 2)
    sine_longitude = np.sin(np.radians(longitude_b - longitude_a) / 2)
    chord = sine_latitude**2 + np.cos(a) * np.cos(b) * sine_longitude**2
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return distance


def points_in_disc(rng: np.random.Generator, count: int, radius_km: float, concentration: float) -> Floats:
    """`count` points (x east, y north, in km) around a centre; `concentration` 0.5 is even, more is denser inside.

    A larger `count` from the same generator begins with the same points.
    """
    turn, share = rng.random((count, 2)).T
    angle, distance = 2 * np.pi * turn, radius_km * share**concentration
    return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
