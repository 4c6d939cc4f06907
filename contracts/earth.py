"""The size of the Earth, by which distances between coordinates are told: simulated movement and rules must agree."""

EARTH_RADIUS_KM = 6371.0088  # mean radius R1, IUGG 1980
