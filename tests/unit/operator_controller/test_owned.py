"""Owner references: on what may go at any time, never on what must go in order or be kept."""

from collections.abc import Mapping, Sequence

from operators.telecom_pipeline.clusters.owned import KEPT_KINDS, OWNED_KINDS, OwnedCluster
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


def test_of_every_kind_of_child_it_is_said_whether_it_may_go_at_any_time() -> None:
    assert set(CHILD_KINDS) == OWNED_KINDS | KEPT_KINDS
    assert not OWNED_KINDS & KEPT_KINDS


def test_what_must_go_in_order_is_not() -> None:
    for kind in KEPT_KINDS:
        assert owners(kind) == []
