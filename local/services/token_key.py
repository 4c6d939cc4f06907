"""The key of the tokens that stand for phone numbers: random, generated once for a state directory."""

from local.services.service import secret
from local.state.passwords import password
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.storage_references import KEY_ID_KEY, TOKEN_KEY_KEY

TOKEN_KEY_OBJECT = "pii-token-key"  # noqa: S105 (an object's name)
KEY_ID = "k1"


def token_key_secret(machine: Machine, namespace: str) -> Manifest:
    """Secret to which `spec.transform.piiTokenKeySecretRef` can point."""
    key = password(machine.state, TOKEN_KEY_OBJECT)
    return secret(TOKEN_KEY_OBJECT, namespace, {KEY_ID_KEY: KEY_ID, TOKEN_KEY_KEY: key})
