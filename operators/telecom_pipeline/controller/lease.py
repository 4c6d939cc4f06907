"""Leader election on a Lease (coordination.k8s.io/v1): one of several operators works, the others wait.

The rules are those of client-go: a lease belongs to its holder until `duration` has passed without renewal, measured by
the observer's own clock from when it last saw the lease change, so the clocks of two machines do not have to agree.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref

LEASE = Kind("coordination.k8s.io/v1", "Lease")
DURATION_SECONDS = 15.0
RENEW_EVERY_SECONDS = 3.0
# A holder that could not renew for this long stops working before another one may start.
RENEW_DEADLINE_SECONDS = 10.0


@dataclass(frozen=True)
class Sighting:
    """A lease as an observer last saw it change."""

    holder: str
    renewed_at: str
    seen_at_seconds: float


def sighting(lease: Manifest, previous: Sighting | None, now_seconds: float) -> Sighting:
    """What `lease` says, with the time of `previous` if nothing has changed since."""
    spec: dict[str, Any] = lease.get("spec") or {}
    holder, renewed_at = spec.get("holderIdentity") or "", spec.get("renewTime") or ""
    if previous is not None and (previous.holder, previous.renewed_at) == (holder, renewed_at):
        return previous
    return Sighting(holder, renewed_at, now_seconds)


def verdict(seen: Sighting, identity: str, now_seconds: float) -> Literal["renew", "take", "wait"]:
    """What the operator named `identity` may do with the lease."""
    if seen.holder == identity:
        return "renew"
    if not seen.holder or now_seconds - seen.seen_at_seconds > DURATION_SECONDS:
        return "take"
    return "wait"


def held_lease(ref: Ref, identity: str, now: datetime, current: Manifest | None) -> Manifest:
    """The lease as held by `identity`; it carries the version of `current`, so that only one of two takers succeeds."""
    spec: dict[str, Any] = (current or {}).get("spec") or {}
    is_ours = spec.get("holderIdentity") == identity
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    metadata = {"name": ref.name, "namespace": ref.namespace}
    if current is not None:
        metadata["resourceVersion"] = current["metadata"]["resourceVersion"]
    return {
        "apiVersion": LEASE.api_version,
        "kind": LEASE.name,
        "metadata": metadata,
        "spec": {
            "holderIdentity": identity,
            "leaseDurationSeconds": int(DURATION_SECONDS),
            "acquireTime": spec["acquireTime"] if is_ours else time,
            "renewTime": time,
            "leaseTransitions": spec.get("leaseTransitions", 0) + (0 if is_ours or current is None else 1),
        },
    }
