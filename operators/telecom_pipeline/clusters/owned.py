"""A cluster as one pipeline sees it: what it applies belongs to the pipeline."""

from typing import Any

from operators.telecom_pipeline.clusters.passing import PassingCluster
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Manifest, kind_of

# Only children that may go at any time. On a foreground deletion, Argo CD's default, the garbage collector deletes
# owned objects at once and bypasses our teardown: a Kafka would go before its topics, whose finalizers would then hang,
# and topics would take their records with them although the pipeline's policy is to retain them.
OWNED_KINDS = frozenset({names.CONFIG_MAP, names.DEPLOYMENT, names.JOB})
# Those that go in the order of our teardown. A FlinkDeployment has a finalizer, too; its job ends before Kafka does.
KEPT_KINDS = frozenset(
    {names.KAFKA, names.KAFKA_NODE_POOL, names.KAFKA_TOPIC, names.KAFKA_USER, names.FLINK_DEPLOYMENT}
)


class OwnedCluster(PassingCluster[Cluster]):
    """Passes every call to `cluster` and adds an owner reference to what it applies."""

    def __init__(self, cluster: Cluster, owner: Manifest) -> None:
        super().__init__(cluster)
        self._reference = _owner_reference(owner)

    def apply(self, manifest: Manifest) -> Manifest:
        """See `Cluster.apply`."""
        if kind_of(manifest) not in OWNED_KINDS:
            return super().apply(manifest)
        metadata = manifest["metadata"] | {"ownerReferences": [self._reference]}
        return super().apply(manifest | {"metadata": metadata})


def _owner_reference(owner: Manifest) -> dict[str, Any]:
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
