"""Runs adapters over the objects of a store: this machine's own, or a Kubernetes API server."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from local.adapters.adapter import Adapter, Surroundings
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of

log = structlog.get_logger()

# Everything is looked at this often even if nothing seems to have changed.
RESYNC_SECONDS = 30.0
# An adapter that calls an engine is asked again after this time if it could not finish.
RETRY_SECONDS = 0.5


class Store(Cluster, Protocol):
    """Where the objects of adapters are kept."""

    def list_kind(self, kind: Kind) -> Sequence[Manifest]:
        """All objects of a kind, in every namespace that is served."""

    def set_finalizers(self, ref: Ref, finalizers: Sequence[str]) -> None:
        """Replace the finalizers of an object; an absent object is left alone."""


@dataclass
class _Seen:
    """When an object of an adapter that calls its engine was last synced, and how that ended."""

    generation: object
    at: float
    is_settled: bool


class AdapterLoop:
    """Passes over all objects, one after the other; `has_unsettled` says whether the next should come soon."""

    def __init__(self, store: Store, adapters: Sequence[Adapter], machine: Machine) -> None:
        self.has_unsettled = False
        self._store = store
        self._adapters = adapters
        self._machine = machine
        self._surroundings = Surroundings(store.get, store.list)
        self._seen: dict[Ref, _Seen] = {}

    def sync(self) -> set[str]:
        """Sync every object once; returns the names of the processes that the objects stand for."""
        self.has_unsettled = False
        processes: set[str] = set()
        for adapter in self._adapters:
            for manifest in self._store.list_kind(adapter.kind):
                self._sync_one(adapter, manifest)
                processes.update(adapter.process_names(manifest, self._machine))
        return processes

    def _sync_one(self, adapter: Adapter, manifest: Manifest) -> None:
        ref = ref_of(manifest)
        try:
            if manifest["metadata"].get("deletionTimestamp"):
                self._remove(adapter, manifest)
            else:
                self._store.set_finalizers(ref, [adapter.finalizer])
                self._sync_present(adapter, manifest)
        except Exception as error:  # one broken object must not stop the others; it is tried again
            log.error("sync failed", object=str(ref), error=str(error))
            self.has_unsettled = True

    def _sync_present(self, adapter: Adapter, manifest: Manifest) -> None:
        ref = ref_of(manifest)
        if adapter.calls_engine and not self._is_due(ref, manifest):
            return
        outcome = adapter.sync(manifest, self._surroundings, self._machine)
        self._seen[ref] = _Seen(_wish(manifest), time.monotonic(), outcome.is_settled)
        self.has_unsettled = self.has_unsettled or not outcome.is_settled
        for published in outcome.published:
            self._store.apply(published)
        if outcome.status:
            self._store.apply_status(ref, outcome.status)
        for other, status in outcome.other_statuses.items():
            self._store.apply_status(other, status)

    def _remove(self, adapter: Adapter, manifest: Manifest) -> None:
        if adapter.remove(manifest, self._surroundings, self._machine):
            self._seen.pop(ref_of(manifest), None)
            self._store.set_finalizers(ref_of(manifest), [])
        else:
            self.has_unsettled = True

    def _is_due(self, ref: Ref, manifest: Manifest) -> bool:
        seen = self._seen.get(ref)
        if seen is None or seen.generation != _wish(manifest):
            return True
        age = time.monotonic() - seen.at
        self.has_unsettled = self.has_unsettled or not seen.is_settled
        return age > (RESYNC_SECONDS if seen.is_settled else RETRY_SECONDS)


def _wish(manifest: Manifest) -> Mapping[str, object]:
    """What a sync depends on besides time: the specification and the annotations."""
    metadata = manifest["metadata"]
    return {"generation": metadata.get("generation"), "annotations": metadata.get("annotations")}
