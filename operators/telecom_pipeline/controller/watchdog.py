"""Notices pipelines that are no longer reconciled: kopf's own watch can end silently while ours carries on."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from operators.telecom_pipeline.objects.manifest import Ref


class Watchdog:
    """When each pipeline had its last pass, or was first seen. Thread-safe."""

    def __init__(self, limit_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_seconds = limit_seconds
        self._clock = clock
        self._last: dict[Ref, float] = {}
        self._lock = Lock()

    def note_pass(self, ref: Ref) -> None:
        """A pass over the pipeline has ended."""
        with self._lock:
            self._last[ref] = self._clock()

    def overdue(self, existing: Iterable[Ref]) -> list[Ref]:
        """Pipelines that exist and have had no pass for longer than the limit. Forgets those that are gone."""
        now = self._clock()
        with self._lock:
            self._last = {ref: self._last.get(ref, now) for ref in existing}
            return sorted(ref for ref, last in self._last.items() if now - last > self._limit_seconds)
