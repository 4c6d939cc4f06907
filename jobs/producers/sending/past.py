"""A run that makes up for the past: traffic from some time ago until now, faster than it happened."""

import datetime as dt

from contracts.event_start import begin_of
from jobs.producers.sending.pace import NoWaiting, SteadyPace
from jobs.producers.sending.period import Period
from jobs.producers.sending.run import Course, Traffic
from jobs.producers.traffic.ticks import MS_PER_SECOND


class NoPastError(ValueError):
    """The history would begin in the future."""


def past(traffic: Traffic, start_time: str, speed: float | None, now_ms: int) -> Course:
    """Traffic from `start_time` (see `contracts.event_start`) until now. Raises `NoPastError`."""
    now_seconds = now_ms / MS_PER_SECOND
    begins = begin_of(start_time, dt.datetime.fromtimestamp(now_seconds, dt.UTC))
    start_ms = round(begins.timestamp() * MS_PER_SECOND)
    if start_ms >= now_ms:
        raise NoPastError(f"start_time is {start_time}: a history begins before now")
    pace = NoWaiting() if speed is None else SteadyPace(start_ms, now_seconds, speed)
    return Course(traffic, Period(start_ms, now_ms), pace)
