"""How the demo logs in to the CRM: with the Secret that the freezer and the batch jobs use too."""

from contracts import environment
from operators.telecom_pipeline.objects.cluster import Cluster
from operators.telecom_pipeline.pipeline.storage_references import PASSWORD_KEY, USERNAME_KEY
from telecom.access.secret_values import secret_value


def crm_credentials(cluster: Cluster, namespace: str, secret_name: str) -> dict[str, str] | None:
    """User and password by the environment variables from which jobs read them; None while there is no Secret."""
    username = secret_value(cluster, namespace, secret_name, USERNAME_KEY)
    password = secret_value(cluster, namespace, secret_name, PASSWORD_KEY)
    if username is None or password is None:
        return None
    return {environment.CRM_USERNAME: username, environment.CRM_PASSWORD: password}
