"""The Event about a child's field that somebody else took over. Pure."""

from datetime import datetime
from typing import Any

from operators.telecom_pipeline.controller.events import LONGEST_MESSAGE
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.plan.stage_report import name_of

REASON = "ChildChangedByOther"


def conflict_event(pipeline: Manifest, child: Manifest, message: str, now: datetime) -> dict[str, Any]:
    """Event that repeats what the API server says about the conflict: which field, and who wrote it."""
    metadata = pipeline["metadata"]
    text = f"{name_of(ref_of(child))} was changed by somebody else and is restored: {message}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{metadata['name']}-conflict-", "namespace": metadata["namespace"]},
        "involvedObject": {
            "apiVersion": pipeline["apiVersion"],
            "kind": pipeline["kind"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
        "type": "Warning",
        "reason": REASON,
        "message": text[:LONGEST_MESSAGE],
        "source": {"component": "telecom-operator"},
        "firstTimestamp": timestamp(now),
        "lastTimestamp": timestamp(now),
        "count": 1,
    }
