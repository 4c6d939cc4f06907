"""Conditions as controllers write them: the transition time changes only with the status."""

from datetime import UTC, datetime
from typing import Any

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.timestamps import timestamp

Condition = dict[str, Any]


def condition(manifest: Manifest, kind: str, is_true: bool, reason: str = "", message: str = "") -> Condition:
    """Condition of that type; it keeps the transition time that the manifest's status has for it."""
    status = "True" if is_true else "False"
    written = {"type": kind, "status": status, "lastTransitionTime": _transition_time(manifest, kind, status)}
    if reason:
        written["reason"] = reason
    if message:
        written["message"] = message
    return written


def find(manifest: Manifest, kind: str) -> Condition | None:
    """Condition of that type in the manifest's status."""
    conditions: list[Condition] = manifest.get("status", {}).get("conditions", [])
    return next((found for found in conditions if found["type"] == kind), None)


def is_true(manifest: Manifest | None, kind: str) -> bool:
    """Whether the condition holds for the generation that was last observed."""
    found = find(manifest, kind) if manifest else None
    return bool(found and found["status"] == "True")


def _transition_time(manifest: Manifest, kind: str, status: str) -> str:
    found = find(manifest, kind)
    if found and found["status"] == status and found.get("lastTransitionTime"):
        return str(found["lastTransitionTime"])
    return timestamp(datetime.now(UTC))
