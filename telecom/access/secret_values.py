"""Reads single values out of Secrets."""

import base64

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Ref


def secret_value(cluster: Cluster, namespace: str, name: str, key: str) -> str | None:
    """Decoded value; None where there is no such Secret, or no such key in it (yet)."""
    secret = cluster.get(Ref(names.SECRET, namespace, name))
    encoded = (secret or {}).get("data", {}).get(key)
    return None if encoded is None else base64.b64decode(encoded).decode()
