"""A local copy of the objects of one kind, kept fresh by a watch: list once, then follow every change."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Condition, Event, Lock, Thread
from typing import Any

import httpx2

from operators.telecom_pipeline.clusters.discovery import Discovery
from operators.telecom_pipeline.clusters.refusals import cluster_error
from operators.telecom_pipeline.clusters.rest import ApiServer, StatusError
from operators.telecom_pipeline.objects.cluster import ClusterError, KindMissingError, RejectedError
from operators.telecom_pipeline.objects.manifest import Kind, Manifest

_PAGE_SIZE = 500
_WATCH_SECONDS = 300
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

ObjectKey = tuple[str, str]
"""Namespace and name."""


class ExpiredError(Exception):
    """The API server has compacted the resourceVersion away, so a new list is needed."""


class WatchedKind:
    """Objects of one kind, which a thread lists and watches. Reading never calls the API server."""

    def __init__(
        self,
        server: ApiServer,
        discovery: Discovery,
        kind: Kind,
        *,
        namespace: str | None,
        label_selector: str,
        on_change: Callable[[Manifest], None],
    ) -> None:
        """Watch `namespace` (None: all); `on_change` gets each changed or deleted object, in the watch's thread."""
        self.kind = kind
        self._server = server
        self._discovery = discovery
        self._namespace = namespace
        self._selector = {"labelSelector": label_selector} if label_selector else {}
        self._on_change = on_change
        self._objects: dict[ObjectKey, Manifest] = {}
        self._lock = Lock()
        self._is_synced = False
        self._first_answer = Condition()
        self._stopping = Event()
        self._last_contact = time.monotonic()
        self._resource_version = ""
        self._failure: ClusterError | None = None
        self._thread = Thread(target=self._run, name=f"watch {kind.name}", daemon=True)

    def start(self) -> None:
        """Begin to list and watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end, which it does when its current call or stream ends."""
        self._stopping.set()

    def has_ended(self, timeout_seconds: float) -> bool:
        """Whether the thread ended within the given time."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @property
    def seconds_since_contact(self) -> float:
        """Age of the last list, event or bookmark; large when the watch is stuck or the server is gone."""
        return time.monotonic() - self._last_contact

    def wait_until_synced(self, timeout_seconds: float) -> None:
        """Return once the first list has arrived; raises what kept it from arriving, a refusal without waiting."""
        with self._first_answer:
            self._first_answer.wait_for(lambda: self._is_synced or self._is_refused, timeout_seconds)
        if not self._is_synced:
            raise self._failure or ClusterError(f"No list of {self.kind.name} within {timeout_seconds:.0f} s.")

    def raise_if_failing(self) -> None:
        """Raise the reason why the kind cannot be listed at present, if there is one (such as a removed CRD)."""
        if self._failure is not None:
            raise self._failure

    def get(self, namespace: str, name: str) -> Manifest | None:
        """Return the object as last seen. Do not change it."""
        with self._lock:
            return self._objects.get((namespace, name))

    def list(self, namespace: str) -> list[Manifest]:
        """Return all objects of a namespace as last seen, ordered by name."""
        with self._lock:
            return [self._objects[key] for key in sorted(self._objects) if key[0] == namespace]

    def all(self) -> Sequence[Manifest]:
        """Return all objects as last seen."""
        with self._lock:
            return tuple(self._objects.values())

    def remember(self, manifest: Manifest) -> None:
        """Take in the answer to our own write, so that the next read sees it before the watch reports it.

        Versions are positions in one history: what the watch has already passed, it has reported (perhaps a deletion).
        """
        with self._lock:
            if _version(manifest) > int(self._resource_version or 0):
                self._objects[_key(manifest)] = manifest

    def _run(self) -> None:
        # An exception that is not caught below kills the thread loudly: the age of the watch grows until the liveness
        # probe ends the process.
        pause_seconds = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                if not self._resource_version:
                    self._list()
                self._follow()
                pause_seconds = _FIRST_PAUSE_SECONDS
                continue
            except ExpiredError:
                self._resource_version = ""
            except StatusError as error:
                self._note_refusal(error)
            except KindMissingError as error:
                self._note_failure(error)
                self._touch()
            except (ClusterError, httpx2.TransportError, json.JSONDecodeError) as error:  # a line may be cut off
                self._note_failure(error if isinstance(error, ClusterError) and not self._is_synced else None)
            self._stopping.wait(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)

    def _list(self) -> None:
        path = self._discovery.resource(self.kind).collection(self._namespace)
        objects: dict[ObjectKey, Manifest] = {}
        page = {"limit": str(_PAGE_SIZE)}
        while True:
            answer = self._server.call("GET", path, params=page | self._selector)
            objects |= {_key(item): item for item in _typed(self.kind, answer["items"])}
            if not answer["metadata"].get("continue"):
                break
            page["continue"] = answer["metadata"]["continue"]
        self._replace(objects)
        self._resource_version = answer["metadata"]["resourceVersion"]
        self._touch()
        self._is_synced = True
        self._note_failure(None)

    def _replace(self, objects: dict[ObjectKey, Manifest]) -> None:
        with self._lock:
            before, self._objects = self._objects, objects
        for key in before.keys() | objects.keys():
            old, new = before.get(key), objects.get(key)
            if old is None or new is None or _version(old) != _version(new):
                self._on_change(new or before[key])

    def _follow(self) -> None:
        path = self._discovery.resource(self.kind).collection(self._namespace)
        params = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(_WATCH_SECONDS),
            "resourceVersion": self._resource_version,
        }
        with self._server.stream(path, params | self._selector) as lines:
            self._touch()
            for line in filter(None, lines):
                self._take(json.loads(line))
                if self._stopping.is_set():
                    return

    def _take(self, event: Mapping[str, Any]) -> None:
        manifest: Manifest = event["object"]
        if event["type"] == "ERROR":
            if manifest.get("code") == 410:
                raise ExpiredError
            raise StatusError(manifest.get("code", 500), manifest.get("reason", ""), manifest.get("message", ""))
        self._resource_version = manifest["metadata"]["resourceVersion"]
        self._touch()
        if event["type"] == "BOOKMARK":
            return
        with self._lock:
            if event["type"] == "DELETED":
                self._objects.pop(_key(manifest), None)
            else:
                self._objects[_key(manifest)] = manifest
        self._on_change(manifest)

    def _note_refusal(self, error: StatusError) -> None:
        self._touch()
        if error.code == 410:
            self._resource_version = ""
        elif error.code == 404:
            self._discovery.forget(self.kind)
            self._resource_version = ""
            self._replace({})
        elif error.code in (401, 403):
            self._note_failure(cluster_error(self.kind.name, error))

    def _note_failure(self, error: ClusterError | None) -> None:
        with self._first_answer:
            self._failure = error
            self._first_answer.notify_all()

    @property
    def _is_refused(self) -> bool:
        """Whether these credentials may not list the kind, which no waiting changes."""
        return isinstance(self._failure, RejectedError)

    def _touch(self) -> None:
        self._last_contact = time.monotonic()


def _key(manifest: Manifest) -> ObjectKey:
    metadata = manifest["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _version(manifest: Manifest) -> int:
    return int(manifest["metadata"]["resourceVersion"])


def _typed(kind: Kind, items: Iterable[Manifest]) -> Iterable[Manifest]:
    """Add apiVersion and kind, which items of a list lack."""
    return ({"apiVersion": kind.api_version, "kind": kind.name, **item} for item in items)
