"""How busy the network is by hour of day: one curve for the producers' rate and the towers' load."""

import numpy as np

from jobs.runtime.radio_network.geometry import Floats

SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
# Relative load at each full hour, local time: quiet at four, a morning rise, the busy hour at seven in the evening.
_HOURLY = np.array(
    [
        *(0.35, 0.24, 0.18, 0.15, 0.14, 0.2, 0.4, 0.75, 1.05, 1.2, 1.28, 1.33),
        *(1.4, 1.38, 1.36, 1.4, 1.5, 1.62, 1.72, 1.75, 1.62, 1.35, 0.95, 0.6),
    ]
)
_HOURS = np.arange(25)
_LOAD = np.append(_HOURLY, _HOURLY[0]) / _HOURLY.mean()
_MINUTES = np.arange(24 * 60 + 1) / 60
_PER_MINUTE = np.interp(_MINUTES, _HOURS, _LOAD)
# Trapezoid sums, in seconds at mean load: 86,400 after a day.
_CUMULATIVE = np.concatenate([[0.0], np.cumsum((_PER_MINUTE[1:] + _PER_MINUTE[:-1]) / 2 * 60)])

PEAK_LOAD = float(_LOAD.max())


def load_at(hour_of_day: Floats) -> Floats:
    """Load relative to the day's mean (which is 1) at local hours 0 to 24."""
    load: Floats = np.interp(hour_of_day, _HOURS, _LOAD)
    return load


def load_seconds_until(epoch_seconds: float) -> float:
    """Integral of the load from 1970 to `epoch_seconds`; its rise over a day is 86,400."""
    days, second_of_day = divmod(epoch_seconds, SECONDS_PER_DAY)
    within = float(np.interp(second_of_day / SECONDS_PER_HOUR, _MINUTES, _CUMULATIVE))
    return float(days) * float(_CUMULATIVE[-1]) + within


def epoch_seconds_at(load_seconds: Floats) -> Floats:
    """When the integral of the load has these values: the inverse of `load_seconds_until`."""
    days, within = np.divmod(load_seconds, _CUMULATIVE[-1])
    seconds: Floats = days * SECONDS_PER_DAY + np.interp(within, _CUMULATIVE, _MINUTES) * SECONDS_PER_HOUR
    return seconds
