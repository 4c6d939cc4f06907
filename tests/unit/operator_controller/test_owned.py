"""Owner references: on what may go at any time, never on what must go in order or be kept."""

from collections.abc import Mapping, Sequence

from operators.telecom_pipeline.clusters.owned import OWNED_KINDS, OwnedCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref
from operators.telecom_pipeline.objects.names import CHILD_KINDS

OWNER = {"apiVersion": "telecom.dev/v1alpha1", "kind": "TelecomPipeline", "metadata": {"name": "p", "uid": "u"}}


class Recorder:
    """Cluster that keeps what was applied."""

    def __init__(self) -> None:
        self.applied: list[Manifest] = []

    def apply(self, manifest: Manifest) -> Manifest:
        self.applied.append(manifest)
        return manifest

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None: ...

    def get(self, ref: Ref) -> Manifest | None:
        return None

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        return ()

    def delete(self, ref: Ref) -> None: ...


def owners(kind: Kind) -> list[dict[str, object]]:
    recorder = Recorder()
    manifest = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": {"name": "x", "namespace": "n"}}
    OwnedCluster(recorder, OWNER).apply(manifest)
    assert "ownerReferences" not in manifest["metadata"]
    return recorder.applied[0]["metadata"].get("ownerReferences", [])


def test_workloads_and_settings_are_owned_by_the_pipeline() -> None:
    assert [each["uid"] for each in owners(names.DEPLOYMENT)] == ["u"]
    assert OWNED_KINDS.issubset(CHILD_KINDS)


def test_kafka_and_what_holds_records_is_not() -> None:
    for kind in (names.KAFKA, names.KAFKA_NODE_POOL, names.KAFKA_TOPIC, names.KAFKA_USER):
        assert owners(kind) == []
