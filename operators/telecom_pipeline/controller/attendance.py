"""Notices pipelines that nobody reconciles: kopf's own watch may end without a word, ours would go on."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from operators.telecom_pipeline.objects.manifest import Ref


class Attendance:
    """When each pipeline was last attended to, or first seen. Thread-safe."""

    def __init__(self, limit_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_seconds = limit_seconds
        self._clock = clock
        self._last: dict[Ref, float] = {}
        self._lock = Lock()

    def attend(self, ref: Ref) -> None:
        """A pass over the pipeline ended."""
        with self._lock:
            self._last[ref] = self._clock()

    def neglected(self, existing: Iterable[Ref]) -> list[Ref]:
        """Pipelines that exist and had no pass for longer than the limit. Forgets those that are gone."""
        now = self._clock()
        with self._lock:
            self._last = {ref: self._last.get(ref, now) for ref in existing}
            return sorted(ref for ref, last in self._last.items() if now - last > self._limit_seconds)
