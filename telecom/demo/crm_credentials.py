"""How the demo gets into the CRM: by the Secret that the freezer and the batch jobs use as well."""

import base64

from contracts import environment
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.pipeline.storage_references import PASSWORD_KEY, USERNAME_KEY


def crm_credentials(cluster: Cluster, namespace: str, secret_name: str) -> dict[str, str] | None:
    """User and password by the names of the environment variables that jobs read; None while there is no Secret."""
    secret = cluster.get(Ref(names.SECRET, namespace, secret_name))
    if secret is None:
        return None
    data = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    return {environment.CRM_USERNAME: data[USERNAME_KEY], environment.CRM_PASSWORD: data[PASSWORD_KEY]}
