"""Bounded waiting."""

import time
from collections.abc import Callable

WAIT_SECONDS = 300.0


def until(
    condition: Callable[[], object], what: str, seconds: float = WAIT_SECONDS, pause_seconds: float = 0.2
) -> None:
    """Poll until `condition` holds; raises `TimeoutError` naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause_seconds)
