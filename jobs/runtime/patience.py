"""Waits for services to come up or back: calls are repeated, with a log line, until the job is told to stop."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0

T = TypeVar("T")
log = structlog.get_logger()


class StoppedError(Exception):
    """The job was told to stop while it waited for something."""


class Stop(Protocol):
    """The part of `StopSignal` that is needed to wait."""

    def is_set(self) -> bool:
        """True when the job is to end."""
        ...

    def wait(self, seconds: float) -> bool:
        """Sleep, for less long when the job is to end."""
        ...


class Patience:
    """Calls until it works or the job is to stop. `unavailable` are the errors that may pass by themselves."""

    def __init__(self, stop: Stop, unavailable: tuple[type[Exception], ...]) -> None:
        self._stop = stop
        self._unavailable = unavailable

    def call(self, function: Callable[[], T], purpose: str) -> T:
        """Result of `function`; retries when a service is unavailable. Raises `StoppedError` when told to stop."""

        def note(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            log.warning("waiting", purpose=purpose, attempt=state.attempt_number, error=str(error))

        retrying = Retrying(
            retry=retry_if_exception_type(self._unavailable),
            wait=wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
            sleep=self._sleep,
            before_sleep=note,
        )
        return retrying(function)

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise StoppedError("told to stop while a service was unavailable")
