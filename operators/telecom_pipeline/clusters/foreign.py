"""Objects that are read by name, and how long an answer counts. Pure; the clock is an argument."""

from collections.abc import Callable
from dataclasses import dataclass

from operators.telecom_pipeline.objects.manifest import Manifest, Ref

FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 480.0


@dataclass(frozen=True)
class _Reading:
    manifest: Manifest
    read_at: float
    pause_seconds: float


class ForeignObjects:
    """Remembers objects of others. One that does not change is asked for less and less often, at least every 8 minutes.

    An absent object is not remembered, because a pipeline waits for it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._readings: dict[Ref, _Reading] = {}

    def recent(self, ref: Ref) -> Manifest | None:
        """The object, if the last reading still counts."""
        known = self._readings.get(ref)
        is_recent = known is not None and self._clock() - known.read_at < known.pause_seconds
        return known.manifest if known and is_recent else None

    def note(self, ref: Ref, manifest: Manifest) -> None:
        """Remember an object that was read, or written by us."""
        known = self._readings.get(ref)
        is_same = known is not None and _version(known.manifest) == _version(manifest)
        pause = min(known.pause_seconds * 2, LONGEST_PAUSE_SECONDS) if known and is_same else FIRST_PAUSE_SECONDS
        self._readings[ref] = _Reading(manifest, self._clock(), pause)

    def forget(self, ref: Ref) -> None:
        """Forget an object that does not exist."""
        self._readings.pop(ref, None)


def _version(manifest: Manifest) -> str:
    version: str = manifest["metadata"]["resourceVersion"]
    return version
