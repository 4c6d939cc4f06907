"""State of the objects that the spec refers to."""

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.pipeline.storage_references import PORT_KEY, RequiredObject, required_objects


def references_state(pipeline: Pipeline, observed: Observed, stage: Stage) -> ChildState:
    """Ready when every object that a stage needs exists with its keys; otherwise waiting, with all that is missing."""
    needed = [required for required in required_objects(pipeline) if required.stage is stage]
    if not needed:
        return ChildState(State.READY)
    missing = [
        complaint for required in needed for complaint in _complaints(required, observed.references.get(required.ref))
    ]
    if missing:
        return ChildState(State.WAITING, "ReferenceMissing", "; ".join(missing))
    return ChildState(State.READY, "ReferencesFound")


def _complaints(required: RequiredObject, found: Manifest | None) -> list[str]:
    where = f"{required.ref} ({required.field})"
    if found is None:
        return [f"{where} does not exist"]
    data = found.get("data", {}) | found.get("stringData", {})
    complaints = [f"{where} has no key '{key}'" for key in required.keys if not data.get(key)]
    if data.get(PORT_KEY) and PORT_KEY in required.keys and not data[PORT_KEY].isdigit():
        complaints.append(f"{where} has a '{PORT_KEY}' that is not a number")
    return complaints
