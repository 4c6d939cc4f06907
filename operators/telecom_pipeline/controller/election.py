"""Holds a Lease on an API server: waits for it, renews it, notices when it is lost."""

import time
from datetime import UTC, datetime
from threading import Event

from operators.telecom_pipeline.clusters.rest import ApiServer, StatusError
from operators.telecom_pipeline.controller.lease import (
    LEASE,
    RENEW_DEADLINE_SECONDS,
    RENEW_EVERY_SECONDS,
    Sighting,
    held_lease,
    sighting,
    verdict,
)
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.objects.manifest import Manifest, Ref


class Election:
    """The candidate `identity` for the lease `name` in `namespace`; identities must differ between processes."""

    def __init__(self, server: ApiServer, namespace: str, name: str, identity: str) -> None:
        self._server = server
        self._ref = Ref(LEASE, namespace, name)
        self._identity = identity
        self._seen: Sighting | None = None
        self._collection = f"/apis/{LEASE.api_version}/namespaces/{namespace}/leases"

    def wait_until_elected(self, stop: Event) -> bool:
        """Return True once the lease is ours, False when `stop` came first."""
        while not stop.is_set():
            if self.try_once():
                return True
            stop.wait(RENEW_EVERY_SECONDS)
        return False

    def hold(self, stop: Event) -> None:
        """Renew until `stop` is set, then release; return early when the lease is lost."""
        renewed_at = time.monotonic()
        while not stop.wait(RENEW_EVERY_SECONDS):
            if self.try_once():
                renewed_at = time.monotonic()
            elif time.monotonic() - renewed_at > RENEW_DEADLINE_SECONDS or self._is_held_by_another():
                return
        self._release()

    def try_once(self) -> bool:
        """Take or renew the lease if the rules allow it; an unreachable server counts as a refusal."""
        try:
            current = self._read()
            if current is not None:
                self._seen = sighting(current, self._seen, time.monotonic())
                if verdict(self._seen, self._identity, time.monotonic()) == "wait":
                    return False
            return self._write(held_lease(self._ref, self._identity, datetime.now(UTC), current))
        except (ClusterError, StatusError):
            return False

    def _is_held_by_another(self) -> bool:
        return self._seen is not None and self._seen.holder not in ("", self._identity)

    def _read(self) -> Manifest | None:
        try:
            return self._server.call("GET", f"{self._collection}/{self._ref.name}")
        except StatusError as error:
            if error.code == 404:
                return None
            raise

    def _write(self, lease: Manifest) -> bool:
        is_new = "resourceVersion" not in lease["metadata"]
        path = self._collection if is_new else f"{self._collection}/{self._ref.name}"
        try:
            written = self._server.call("POST" if is_new else "PUT", path, body=lease)
        except StatusError as error:
            if error.code == 409:  # another candidate was faster
                return False
            raise
        self._seen = sighting(written, self._seen, time.monotonic())
        return True

    def _release(self) -> None:
        """Give the lease up at once, so that the next operator does not have to wait until it expires."""
        try:
            current = self._read()
            if current is not None and (current.get("spec") or {}).get("holderIdentity") == self._identity:
                current["spec"]["holderIdentity"] = None
                self._write(current)
        except (ClusterError, StatusError):
            return  # it expires by itself
