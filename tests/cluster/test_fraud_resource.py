"""`spec.fraudDetection` on the real API server: the sample is accepted, mistakes are refused and named."""

import pytest
from pipelines import apply, changed, sample

from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.kubectl import KubectlError

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]

SECTION = "spec.fraudDetection"
MORE_SLICES_THAN_PARTITIONS = sample("fraud", "x")["spec"] | {
    "kafka": {"topics": {"partitions": 3}},
    "fraudDetection": {"parallelism": 4},
}
WITHOUT_CALLS = sample("fraud", "x")["spec"] | {"sources": {"networkProbe": {}}}
BAD_SPECS = [
    ("spec", MORE_SLICES_THAN_PARTITIONS, "must be at most the partitions of call_events"),
    ("spec", WITHOUT_CALLS, "needs calls and SMS"),
    (f"{SECTION}.restart", {"initialBackoffSeconds": 90}, "initialBackoffSeconds must be at most maxBackoffSeconds"),
    (f"{SECTION}.upgradeMode", "stateless", "supported values"),
    # Not 0: for whole numbers an API server cuts the limit 0.1 down to 0; the operator refuses it in its validation.
    (f"{SECTION}.checkpointIntervalSeconds", 0.01, "checkpointIntervalSeconds"),
    (f"{SECTION}.rules.callVelocity.maxCalls", 0, "maxCalls"),
    (f"{SECTION}.rules.callVelocity.maxCals", 30, "unknown field"),
    (f"{SECTION}.rules.irsf.prefixes", ["+232"], "prefixes"),
    (f"{SECTION}.accountFreezer.crm.connection", {"host": "crm", "database": "crm"}, "give exactly one of connection"),
    (f"{SECTION}.accountFreezer.policy.minSeverity", "extreme", "supported values"),
    (f"{SECTION}.accountFreezer.policy.allowedMsisdns", ["+12065550123"], "allowedMsisdns"),
]


def test_the_sample_is_accepted(control_plane: ControlPlane, namespace: str) -> None:
    assert "created" in apply(control_plane, sample("fraud", namespace))


@pytest.mark.parametrize(
    ("path", "value", "message"), BAD_SPECS, ids=[f"{path}: {message}" for path, _, message in BAD_SPECS]
)
def test_a_mistake_is_refused_and_named(
    control_plane: ControlPlane, namespace: str, path: str, value: object, message: str
) -> None:
    with pytest.raises(KubectlError) as refused:
        apply(control_plane, changed(sample("fraud", namespace), path, value))
    assert message.lower() in refused.value.why.lower()
