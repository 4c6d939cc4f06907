"""`Cluster` on a Kubernetes API server: server-side apply to write, watches to read."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from operators.telecom_pipeline.clusters.discovery import Discovery
from operators.telecom_pipeline.clusters.foreign import ForeignObjects
from operators.telecom_pipeline.clusters.refusals import as_cluster_errors
from operators.telecom_pipeline.clusters.rest import APPLY_PATCH, MERGE_PATCH, ApiServer, StatusError
from operators.telecom_pipeline.clusters.watch import WatchedKind
from operators.telecom_pipeline.objects import labels as label_names
from operators.telecom_pipeline.objects.cluster import KindMissingError
from operators.telecom_pipeline.objects.custom_resource import API_GROUP
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, ref_of
from operators.telecom_pipeline.objects.names import SECRET

FIELD_MANAGER = "telecom-pipeline"
_SYNC_SECONDS = 30.0
# A watch in the middle of a call ends with that call; if the API server does not answer, the process ends first.
_STOP_SECONDS = 5.0
_MANAGERS = (label_names.MANAGED_BY, label_names.RUN_MANAGED_BY)


class KubeCluster:
    """Objects of one API server. Thread-safe; close it to end the watches.

    Writes are server-side applies by the field manager `telecom-pipeline/<stage>`. When somebody else has taken over a
    field, `on_conflict` is told what was to be applied, and then the field is taken back. A write that would change
    nothing is not sent.
    """

    def __init__(
        self,
        server: ApiServer,
        *,
        namespaces: Sequence[str] | None = None,
        on_change: Callable[[Manifest], None] = lambda manifest: None,
        on_conflict: Callable[[Manifest, str], None] = lambda manifest, message: None,
    ) -> None:
        """Work in `namespaces` (None: all). `on_change` gets every watched object that changed, in a watch's thread."""
        self._server = server
        self._discovery = Discovery(server)
        self._namespaces = namespaces
        self._on_change = on_change
        self._on_conflict = on_conflict
        self._watches: dict[tuple[Kind, str | None], WatchedKind] = {}
        self._written: dict[Ref, tuple[str, str]] = {}
        # Secrets and the objects of others are read by name: a watch would need the right to read every Secret.
        self._foreign = ForeignObjects(time.monotonic)
        self._lock = Lock()

    def apply(self, manifest: Manifest) -> Manifest:
        """Make the object as written; see `Cluster.apply`. An unchanged object is returned without a call."""
        ref, intent = ref_of(manifest), _digest(manifest)
        stored = self._watched(ref) or self._foreign.recent(ref)
        if stored is not None and self._written.get(ref) == (intent, _digest(_without_history(stored))):
            return stored
        answer = self._apply(ref, manifest, _field_manager(manifest), subresource="")
        self._written[ref] = (intent, _digest(_without_history(answer)))
        self._remember(answer)
        return answer

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None:
        """Replace the status; see `Cluster.apply_status`."""
        stored = self.get(ref)
        if stored is not None and stored.get("status") == status:
            return
        manifest = {
            "apiVersion": ref.kind.api_version,
            "kind": ref.kind.name,
            "metadata": {"name": ref.name, "namespace": ref.namespace},
            "status": dict(status),
        }
        answer = self._apply(ref, manifest, f"{FIELD_MANAGER}/status", subresource="/status")
        self._remember(answer)

    def get(self, ref: Ref) -> Manifest | None:
        """Return the object as last seen: from a watch if it is ours, otherwise read now and then."""
        return self._watched(ref) or self._foreign_object(ref)

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        """Objects of a kind that carry `labels`, ordered by name, as last seen."""
        wanted = (labels or {}).items()
        objects = self._watch(kind, namespace).list(namespace)
        return [item for item in objects if wanted <= (item["metadata"].get("labels") or {}).items()]

    def delete(self, ref: Ref) -> None:
        """Ask for deletion in the foreground: what the object owns goes first, so that it is gone only when all is."""
        with as_cluster_errors(ref):
            path = self._path(ref)
            try:
                answer = self._server.call("DELETE", path, body={"propagationPolicy": "Foreground"})
            except StatusError as error:
                if error.code == 404:
                    return
                raise
        self._written.pop(ref, None)
        if answer.get("kind") == ref.kind.name:
            self._remember(answer)

    def set_finalizers(self, ref: Ref, finalizers: Sequence[str]) -> None:
        """Replace the finalizers of an object, if they differ; an absent object is left alone."""
        stored = self.get(ref)
        if stored is None or stored["metadata"].get("finalizers", []) == list(finalizers):
            return
        self.merge(ref, {"metadata": {"finalizers": list(finalizers)}})

    def merge(self, ref: Ref, patch: Mapping[str, object]) -> None:
        """Change a few fields (JSON merge patch); an absent object is left alone."""
        with as_cluster_errors(ref):
            try:
                answer = self._server.call("PATCH", self._path(ref), body=patch, content_type=MERGE_PATCH)
            except StatusError as error:
                if error.code == 404:
                    return
                raise
        if "deletionTimestamp" not in answer["metadata"]:
            self._remember(answer)

    def serves(self, kind: Kind) -> bool:
        """Whether the API server serves a kind at present. Raises `ClusterError`."""
        try:
            with as_cluster_errors(kind.name):
                self._discovery.resource(kind)
        except KindMissingError:
            return False
        return True

    def watch(self, kind: Kind) -> None:
        """Begin to watch a kind before it is first read, so that `on_change` reports it."""
        for namespace in self._namespaces or (None,):
            self._started(kind, namespace)

    def seen(self, kind: Kind) -> Sequence[Manifest]:
        """All objects of a watched kind, in all namespaces; empty until the first list has arrived."""
        with self._lock:
            watches = [watch for (watched, _), watch in self._watches.items() if watched == kind]
        return [manifest for watch in watches for manifest in watch.all()]

    def seconds_since_contact(self) -> float:
        """Age of the stalest watch that the server serves; 0 when nothing is watched."""
        with self._lock:
            watches = list(self._watches.values())
        return max((watch.seconds_since_contact for watch in watches), default=0.0)

    def close(self) -> None:
        """End the watches, then the connections. A watch that does not end keeps them: see `OpenStreams`."""
        with self._lock:
            watches = list(self._watches.values())
        for watch in watches:
            watch.stop()
        self._server.end_streams()
        deadline = time.monotonic() + _STOP_SECONDS
        if all(watch.has_ended(max(0.0, deadline - time.monotonic())) for watch in watches):
            self._server.close()

    def _apply(self, ref: Ref, manifest: Manifest, manager: str, subresource: str) -> Manifest:
        with as_cluster_errors(ref):
            path = self._path(ref) + subresource
            params = {"fieldManager": manager, "fieldValidation": "Strict"}
            try:
                return self._patch(path, manifest, params)
            except StatusError as error:
                if not error.is_field_conflict:
                    raise
                self._on_conflict(manifest, error.message)
            return self._patch(path, manifest, params | {"force": "true"})

    def _remember(self, answer: Manifest) -> None:
        """Let the next read see our write. An object that the watch does not select would never be removed again."""
        ref = ref_of(answer)
        if ref.kind != SECRET and (not _selector(ref.kind) or _is_managed(answer)):
            self._watch_of(ref).remember(answer)
        else:
            self._foreign.note(ref, answer)

    def _patch(self, path: str, manifest: Manifest, params: Mapping[str, str]) -> Manifest:
        return self._server.call("PATCH", path, params=params, body=manifest, content_type=APPLY_PATCH)

    def _path(self, ref: Ref) -> str:
        return self._discovery.resource(ref.kind).item(ref.namespace, ref.name)

    def _watched(self, ref: Ref) -> Manifest | None:
        if ref.kind == SECRET:
            return None
        return self._watch_of(ref).get(ref.namespace, ref.name)

    def _watch_of(self, ref: Ref) -> WatchedKind:
        return self._watch(ref.kind, ref.namespace)

    def _watch(self, kind: Kind, namespace: str) -> WatchedKind:
        with as_cluster_errors(kind.name):
            self._discovery.resource(kind)
        watch = self._started(kind, namespace if self._namespaces else None)
        watch.wait_until_synced(_SYNC_SECONDS)
        watch.raise_if_failing()
        return watch

    def _started(self, kind: Kind, namespace: str | None) -> WatchedKind:
        with self._lock:
            if (kind, namespace) not in self._watches:
                self._watches[kind, namespace] = WatchedKind(
                    self._server,
                    self._discovery,
                    kind,
                    namespace=namespace,
                    label_selector=_selector(kind),
                    on_change=self._on_change,
                )
                self._watches[kind, namespace].start()
            return self._watches[kind, namespace]

    def _foreign_object(self, ref: Ref) -> Manifest | None:
        if not _selector(ref.kind):  # the watch sees all of them, so this one does not exist
            return None
        if known := self._foreign.recent(ref):
            return known
        with as_cluster_errors(ref):
            try:
                found = self._server.call("GET", self._path(ref))
            except StatusError as error:
                if error.code == 404:
                    self._foreign.forget(ref)
                    return None
                raise
        self._foreign.note(ref, found)
        return found


def _selector(kind: Kind) -> str:
    """Which objects of a kind are watched: all pipelines, but only children and runs that carry our label."""
    if kind.api_version.startswith(f"{API_GROUP}/"):
        return ""
    return f"{label_names.MANAGED_BY_LABEL} in ({','.join(_MANAGERS)})"


def _is_managed(manifest: Manifest) -> bool:
    labels = manifest["metadata"].get("labels") or {}
    return labels.get(label_names.MANAGED_BY_LABEL) in _MANAGERS


def _field_manager(manifest: Manifest) -> str:
    stage = (manifest["metadata"].get("labels") or {}).get(label_names.STAGE_LABEL)
    return f"{FIELD_MANAGER}/{stage}" if stage else FIELD_MANAGER


def _without_history(manifest: Manifest) -> Manifest:
    """What another writer could have changed: all but the status, which others own, and the server's bookkeeping."""
    history = ("resourceVersion", "generation", "managedFields")
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in history}
    return {key: value for key, value in manifest.items() if key != "status"} | {"metadata": metadata}


def _digest(manifest: Manifest) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
