"""Who may hold the operator's lease, by the holder's renewals and the observer's own clock."""

from datetime import UTC, datetime

from operators.telecom_pipeline.controller.lease import DURATION_SECONDS, LEASE, Sighting, held_lease, sighting, verdict
from operators.telecom_pipeline.objects.manifest import Ref

REF = Ref(LEASE, "telecom", "operator")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def lease(holder: str, renewed_at: str) -> dict[str, object]:
    return {"metadata": {"resourceVersion": "7"}, "spec": {"holderIdentity": holder, "renewTime": renewed_at}}


def test_the_holder_renews_and_others_wait() -> None:
    seen = Sighting("a", "t1", seen_at_seconds=100.0)
    assert verdict(seen, "a", 101.0) == "renew"
    assert verdict(seen, "b", 101.0) == "wait"


def test_a_lease_is_taken_only_when_it_stood_still_for_its_whole_duration() -> None:
    seen = Sighting("a", "t1", seen_at_seconds=100.0)
    assert verdict(seen, "b", 100.0 + DURATION_SECONDS) == "wait"
    assert verdict(seen, "b", 100.1 + DURATION_SECONDS) == "take"


def test_a_released_lease_is_free() -> None:
    assert verdict(Sighting("", "t1", 100.0), "b", 100.0) == "take"


def test_a_renewal_starts_the_observers_clock_again_and_nothing_else_does() -> None:
    first = sighting(lease("a", "t1"), None, 100.0)
    assert sighting(lease("a", "t1"), first, 110.0) == first
    assert sighting(lease("a", "t2"), first, 110.0).seen_at_seconds == 110.0


def test_taking_over_counts_a_transition_and_carries_the_version_seen() -> None:
    first = held_lease(REF, "a", NOW, None)
    assert first["spec"]["leaseTransitions"] == 0
    assert "resourceVersion" not in first["metadata"]
    taken = held_lease(REF, "b", NOW, {**first, "metadata": {"resourceVersion": "7"}})
    assert taken["metadata"]["resourceVersion"] == "7"
    assert (taken["spec"]["holderIdentity"], taken["spec"]["leaseTransitions"]) == ("b", 1)


def test_renewing_keeps_the_time_of_acquisition() -> None:
    first = held_lease(REF, "a", NOW, None) | {"metadata": {"resourceVersion": "7"}}
    renewed = held_lease(REF, "a", NOW.replace(minute=9), first)
    assert renewed["spec"]["acquireTime"] == first["spec"]["acquireTime"]
    assert renewed["spec"]["renewTime"] > first["spec"]["renewTime"]
