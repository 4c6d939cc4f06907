"""Wakes the loop of a pipeline when one of its objects changes. Changes come from threads, loops live in asyncio."""

import asyncio
import time
from collections import defaultdict
from contextlib import suppress

from operators.telecom_pipeline.objects.custom_resource import KIND_NAME
from operators.telecom_pipeline.objects.labels import PIPELINE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest

PipelineKey = tuple[str, str]
"""Namespace and name."""


class WakeUps:
    """One alarm per pipeline. `ring` may be called from any thread, the rest only from the loop given to `attach`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarms: dict[PipelineKey, asyncio.Event] = defaultdict(asyncio.Event)
        self._rung_at: dict[PipelineKey, float] = {}

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver alarms in `loop` from now on."""
        self._loop = loop

    def ring(self, manifest: Manifest) -> None:
        """Wake the loop of the pipeline that the object is, or belongs to."""
        key = pipeline_of(manifest)
        if key is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set, key, time.monotonic())

    async def wait(self, key: PipelineKey, timeout_seconds: float) -> float | None:
        """Sleep until the alarm or the timeout; returns when the alarm was first rung (monotonic), else None."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._alarms[key].wait(), timeout_seconds)
        self._alarms[key].clear()
        return self._rung_at.pop(key, None)

    def forget(self, key: PipelineKey) -> None:
        """Drop the alarm of a pipeline that is gone."""
        self._alarms.pop(key, None)
        self._rung_at.pop(key, None)

    def _set(self, key: PipelineKey, now: float) -> None:
        self._rung_at.setdefault(key, now)
        self._alarms[key].set()


def pipeline_of(manifest: Manifest) -> PipelineKey | None:
    """Pipeline that an object is or belongs to, by its label."""
    metadata = manifest["metadata"]
    if manifest["kind"] == KIND_NAME:
        return metadata["namespace"], metadata["name"]
    name = (metadata.get("labels") or {}).get(PIPELINE_LABEL)
    return (metadata["namespace"], name) if name else None
