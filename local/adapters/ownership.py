"""Objects that a controller publishes and owns."""

from local.services.service import secret
from operators.telecom_pipeline.objects.manifest import Manifest


def owned_secret(owner: Manifest, name: str, data: dict[str, str]) -> Manifest:
    """Secret beside its owner and deleted with it; the values are given as plain text."""
    metadata = owner["metadata"]
    manifest = secret(name, metadata["namespace"], data)
    manifest["metadata"]["ownerReferences"] = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": metadata["name"],
            "uid": metadata["uid"],
            "controller": True,
            "blockOwnerDeletion": False,
        }
    ]
    return manifest
