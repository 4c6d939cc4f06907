"""A cluster that passes every call to another: the base of those that treat a few calls in a way of their own."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref

C = TypeVar("C", bound=Cluster)


class PassingCluster(Generic[C]):
    """Passes every call to `cluster`."""

    def __init__(self, cluster: C) -> None:
        self._cluster = cluster

    def apply(self, manifest: Manifest) -> Manifest:
        """See `Cluster.apply`."""
        return self._cluster.apply(manifest)

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
