"""The ConfigMap with the last valid spec: changes are compared with it, and it runs while a new one is invalid."""

import json

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.metadata import Identity, child

SPEC_KEY = "spec.json"


def render_accepted_spec(pipeline: Pipeline) -> Manifest:
    """Render the ConfigMap with the spec as it was written, without the profile's defaults."""
    spec = pipeline.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    data = {SPEC_KEY: json.dumps(spec, indent=2, sort_keys=True) + "\n"}
    name = names.accepted_spec(pipeline.name)
    return child(pipeline, Identity(names.CONFIG_MAP, name, Stage.STORAGE, "accepted-spec"), {"data": data})
