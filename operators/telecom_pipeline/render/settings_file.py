"""The ConfigMap that holds the settings file of a job."""

import hashlib

from contracts.settings import Settings
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.metadata import Identity, child

SETTINGS_FILE_NAME = "settings.json"


def settings_text(settings: Settings) -> str:
    """Settings as the text of their file."""
    return settings.model_dump_json(indent=2) + "\n"


def digest(text: str) -> str:
    """Short digest of a text: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def render_settings_file(pipeline: Pipeline, component: str, stage: Stage, settings: Settings) -> Manifest:
    """Render the ConfigMap that has the component's name."""
    data = {SETTINGS_FILE_NAME: settings_text(settings)}
    name = names.component(pipeline.name, component)
    return child(pipeline, Identity(names.CONFIG_MAP, name, stage, component), {"data": data})
