"""Where the network is: metropolitan areas in US-like sales regions."""

from dataclasses import dataclass

HOME_PLMN = "310260"
PARTNER_PLMN = "310410"


@dataclass(frozen=True)
class City:
    """A metropolitan area. `plmn` is the network that serves it: a partner's network means roaming."""

    name: str
    region: str
    latitude: float
    longitude: float
    weight: float
    plmn: str = HOME_PLMN


# In such an order that the first few always lie far apart: a small network still spans the country.
CITIES: tuple[City, ...] = (
    City("Seattle", "pacific_northwest", 47.6062, -122.3321, 4.0),
    City("New York", "northeast", 40.7128, -74.0060, 19.0),
    City("Miami", "southeast", 25.7617, -80.1918, 6.0),
    City("Los Angeles", "california", 34.0522, -118.2437, 13.0),
    City("Chicago", "midwest", 41.8781, -87.6298, 9.0),
    City("Dallas", "texas", 32.7767, -96.7970, 7.5),
    City("Denver", "mountain", 39.7392, -104.9903, 3.0, PARTNER_PLMN),
    City("Boston", "northeast", 42.3601, -71.0589, 5.0),
    City("San Francisco", "california", 37.7749, -122.4194, 4.7),
    City("Atlanta", "southeast", 33.7490, -84.3880, 6.0),
    City("Phoenix", "southwest", 33.4484, -112.0740, 4.9),
    City("Minneapolis", "midwest", 44.9778, -93.2650, 3.7, PARTNER_PLMN),
    City("Houston", "texas", 29.7604, -95.3698, 7.1),
    City("Portland", "pacific_northwest", 45.5152, -122.6784, 2.5),
    City("Washington", "northeast", 38.9072, -77.0369, 6.3),
    City("Las Vegas", "southwest", 36.1699, -115.1398, 2.3, PARTNER_PLMN),
    City("Salt Lake City", "mountain", 40.7608, -111.8910, 1.2, PARTNER_PLMN),
    City("New Orleans", "southeast", 29.9511, -90.0715, 1.3),
    City("Detroit", "midwest", 42.3314, -83.0458, 4.3),
    City("Boise", "mountain", 43.6150, -116.2023, 0.8, PARTNER_PLMN),
)
