"""The `restricted` level of the Pod Security Standards, as far as it concerns the whole pod."""

from typing import Any


def restricted_pod(user_id: int) -> dict[str, Any]:
    """Security context of a pod whose processes and volumes belong to one user that is not root."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user_id,
        "runAsGroup": user_id,
        "fsGroup": user_id,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
