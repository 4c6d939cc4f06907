"""Objects that are read by name: how long an answer counts. Pure; the clock is an argument."""

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
    """Remembers objects of others; one that never changes is asked for ever less often, up to eight minutes apart.

    What is absent is not remembered: a pipeline waits for it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._readings: dict[Ref, _Reading] = {}

    def recent(self, ref: Ref) -> Manifest | None:
        """The object, if what was read still counts."""
        known = self._readings.get(ref)
        is_recent = known is not None and self._clock() - known.read_at < known.pause_seconds
        return known.manifest if known and is_recent else None

    def note(self, ref: Ref, manifest: Manifest) -> None:
        """The object was read, or written by us."""
        known = self._readings.get(ref)
        is_same = known is not None and _version(known.manifest) == _version(manifest)
        pause = min(known.pause_seconds * 2, LONGEST_PAUSE_SECONDS) if known and is_same else FIRST_PAUSE_SECONDS
        self._readings[ref] = _Reading(manifest, self._clock(), pause)

    def forget(self, ref: Ref) -> None:
        """The object is not there."""
        self._readings.pop(ref, None)


def _version(manifest: Manifest) -> str:
    version: str = manifest["metadata"]["resourceVersion"]
    return version
