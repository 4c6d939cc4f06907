"""A cluster as one pipeline sees it: what it applies belongs to the pipeline."""

from collections.abc import Mapping, Sequence
from typing import Any

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref, kind_of

# Only children that may go at any time. On a foreground deletion, Argo CD's default, the garbage collector deletes
# owned objects at once and bypasses our teardown: a Kafka would go before its topics, whose finalizers would then hang,
# and topics would take their records with them although the pipeline's policy is to retain them.
OWNED_KINDS = frozenset({names.CONFIG_MAP, names.DEPLOYMENT, names.JOB})


class OwnedCluster:
    """Passes every call to `cluster` and adds an owner reference to what it applies."""

    def __init__(self, cluster: Cluster, owner: Manifest) -> None:
        self._cluster = cluster
        self._reference = _owner_reference(owner)

    def apply(self, manifest: Manifest) -> Manifest:
        """See `Cluster.apply`."""
        if kind_of(manifest) not in OWNED_KINDS:
            return self._cluster.apply(manifest)
        metadata = manifest["metadata"] | {"ownerReferences": [self._reference]}
        return self._cluster.apply(manifest | {"metadata": metadata})

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None:
        """See `Cluster.apply_status`."""
        self._cluster.apply_status(ref, status)

    def get(self, ref: Ref) -> Manifest | None:
        """See `Cluster.get`."""
        return self._cluster.get(ref)

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        """See `Cluster.list`."""
        return self._cluster.list(kind, namespace, labels)

    def delete(self, ref: Ref) -> None:
        """See `Cluster.delete`."""
        self._cluster.delete(ref)


def _owner_reference(owner: Manifest) -> dict[str, Any]:
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
