"""Reads single values from Secrets."""

import base64

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Ref


def secret_value(cluster: Cluster, namespace: str, name: str, key: str) -> str | None:
    """The decoded value; None if the Secret or the key does not exist."""
    secret = cluster.get(Ref(names.SECRET, namespace, name))
    encoded = (secret or {}).get("data", {}).get(key)
    return None if encoded is None else base64.b64decode(encoded).decode()
