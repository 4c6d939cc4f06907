"""The port through which reconciliation sees a cluster: a Kubernetes API server or one machine."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from operators.telecom_pipeline.objects.manifest import Kind, Manifest, Ref


class Cluster(Protocol):
    """Level-triggered access to objects. Every call may raise `ClusterError`."""

    def apply(self, manifest: Manifest) -> Manifest:
        """Make the object as written (server-side apply) and return it as stored.

        Idempotent: applying an unchanged manifest changes neither generation nor resourceVersion.
        """

    def apply_status(self, ref: Ref, status: Mapping[str, object]) -> None:
        """Replace the status of an object; writing an equal status changes nothing."""

    def get(self, ref: Ref) -> Manifest | None:
        """Return the object as stored, with metadata.generation and status, or None."""

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[Manifest]:
        """Objects of a kind whose labels contain `labels`, ordered by name."""

    def delete(self, ref: Ref) -> None:
        """Ask for deletion; an absent object is fine. Finalizers may keep the object for a while."""


class ClusterError(Exception):
    """The cluster refused a call or could not be reached; says which object and what to do."""


class KindMissingError(ClusterError):
    """The cluster does not serve this kind (yet): its CRD is not installed."""


class RejectedError(ClusterError):
    """The cluster refused the object as it is; the same call will be refused again."""


class NamespaceEndingError(RejectedError):
    """The namespace is being deleted: nothing new can be created in it, and everything in it will go."""
