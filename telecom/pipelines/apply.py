"""Gives a resource to the cluster of this machine."""

from local.cluster.object_store import SqliteCluster
from telecom.pipelines.resource_file import Resource


def apply_resource(store: SqliteCluster, resource: Resource) -> str:
    """Apply the resource. Returns what that did to the object: created, configured or unchanged."""
    before = store.get(resource.ref)
    after = store.apply(resource.manifest)
    if before is None:
        return "created"
    is_unchanged = before["metadata"]["generation"] == after["metadata"]["generation"]
    return "unchanged" if is_unchanged else "configured"
