"""What a user types meets the real API server: samples are accepted, mistakes refused in words one understands."""

import json

import pytest
from pipelines import apply, changed, sample

from local.kubernetes.control_plane import ControlPlane
from local.kubernetes.kubectl import KubectlError

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]

SIMULATOR = "spec.sources.cdr.simulator"
PRODUCTION_WITH_ONE_BROKER = sample("minimal", "x")["spec"] | {"profile": "production", "kafka": {"brokers": 1}}
MORE_SINKS_THAN_PARTITIONS = sample("minimal", "x")["spec"] | {
    "kafka": {"topics": {"partitions": 3}},
    "bronze": {"replicas": 99},
}
BAD_SPECS = [
    ("spec.kafka.brokers", 0, "spec.kafka.brokers"),
    ("spec.kafka.brokers", "three", "spec.kafka.brokers"),
    ("spec.kafka.broker", 1, 'unknown field "spec.kafka.broker"'),
    ("spec.kafka.version", "3.9.0", "supported values"),
    ("spec.kafka.storage.size", "10G", "spec.kafka.storage.size"),
    ("spec.kafka.topics.partitions", 0, "spec.kafka.topics.partitions"),
    ("spec.kafka", {"brokers": 1, "topics": {"replicas": 3}}, "must be at most the number of brokers"),
    ("spec.kafka.topics.overrides", {"unknown_topic": {"partitions": 3}}, "known topics are call_events"),
    ("spec.profile", "staging", "supported values"),
    ("spec", PRODUCTION_WITH_ONE_BROKER, "needs at least 3"),
    ("spec.desiredState", "Stopped", "supported values"),
    ("spec.deletionPolicy", "Keep", "supported values"),
    ("spec.paused", "yes", "spec.paused"),
    ("spec.image.tag", "bad tag", "spec.image.tag"),
    ("spec.storage.s3.bucket", "Bad_Bucket", "spec.storage.s3.bucket"),
    ("spec.storage.s3.endpoint", "http://minio:9000", "exactly one of endpoint and connectionRef"),
    ("spec.storage.s3.credentialsSecretRef", None, "credentialsSecretRef"),
    ("spec.storage.catalog.rest", {"uri": "http://rest"}, "exactly one of jdbc and rest"),
    ("spec.sources", {}, "give at least one source"),
    (f"{SIMULATOR}.eventsPerSecond", -1, "eventsPerSecond"),
    (f"{SIMULATOR}.faults.duplicate", 1.5, "duplicate"),
    (f"{SIMULATOR}.faults", {"duplicate": 0.6, "late": 0.6}, "must not add up to more than 1"),
    ("spec", MORE_SINKS_THAN_PARTITIONS, "must be at most the partitions"),
    ("spec.bronze.commitIntervalSeconds", 0, "commitIntervalSeconds"),
    ("metadata.name", "a-name-that-is-much-too-long-for-its-children", "must have at most"),
    ("metadata.name", "7days", "must start with a lower-case letter"),
]
FORBIDDEN_CHANGES = [
    ("spec.kafka.brokers", 2, 1, "cannot be lowered"),
    ("spec.kafka.version", "4.3.1", "4.2.0", "cannot be lowered"),
    ("spec.kafka.topics.partitions", 6, 3, "can only grow"),
    ("spec.kafka.storage.size", "20Gi", "10Gi", "can grow but not shrink"),
    ("spec.storage.s3.bucket", "one", "two", "cannot be changed"),
    ("spec.storage.s3.prefix", "one", "two", "cannot be changed"),
    ("spec.storage.catalog.name", "one", "two", "cannot be changed"),
]


@pytest.mark.parametrize("name", ["minimal", "demo", "production"])
def test_every_sample_is_accepted(control_plane: ControlPlane, namespace: str, name: str) -> None:
    assert "created" in apply(control_plane, sample(name, namespace))


@pytest.mark.parametrize(
    ("path", "value", "message"), BAD_SPECS, ids=[f"{path}: {message}" for path, _, message in BAD_SPECS]
)
def test_a_mistake_is_refused_and_named(
    control_plane: ControlPlane, namespace: str, path: str, value: object, message: str
) -> None:
    with pytest.raises(KubectlError) as refused:
        apply(control_plane, changed(sample("demo", namespace), path, value))
    assert message.lower() in refused.value.why.lower()


@pytest.mark.parametrize(("path", "before", "after", "message"), FORBIDDEN_CHANGES)
def test_a_change_that_would_lose_data_is_refused(
    control_plane: ControlPlane, namespace: str, path: str, before: object, after: object, message: str
) -> None:
    manifest = changed(sample("minimal", namespace), path, before)
    apply(control_plane, manifest)
    with pytest.raises(KubectlError) as refused:
        apply(control_plane, changed(manifest, path, after))
    assert message in refused.value.why


def test_kubectl_get_shows_the_columns_a_user_asks_for(control_plane: ControlPlane, namespace: str) -> None:
    apply(control_plane, sample("minimal", namespace))
    header = control_plane.kubectl("-n", namespace, "get", "tp").splitlines()[0].split()
    assert header[:3] == ["NAME", "READY", "STAGE"]
    assert header[-1] == "AGE"


def test_defaults_are_filled_in_by_the_api_server(control_plane: ControlPlane, namespace: str) -> None:
    apply(control_plane, sample("minimal", namespace))
    stored = json.loads(control_plane.kubectl("-n", namespace, "get", "tp", "-o", "json"))["items"][0]
    assert stored["spec"]["deletionPolicy"] == "Retain"
