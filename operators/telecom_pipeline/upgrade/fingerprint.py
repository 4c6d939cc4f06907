"""What this version of the operator renders a spec to; another version may render the same spec differently. Pure."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from operators.telecom_pipeline.objects.custom_resource import API_VERSION, KIND_NAME
from operators.telecom_pipeline.objects.plain_digest import digest_of
from operators.telecom_pipeline.pipeline.endpoints import placeholder_endpoints
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.upgrade.steps import UPGRADED_STAGES, Rendering
from operators.telecom_pipeline.validate import validate

Fingerprint = Mapping[str, str]
"""Digest of the children of each stage."""

_KEPT = 1024  # some specs for each of hundreds of pipelines


def fingerprint(pipeline: Pipeline, spec: Mapping[str, Any]) -> Fingerprint:
    """Fingerprint of the children of a spec, wherever the services are that it uses; empty for an invalid spec."""
    return _fingerprint(pipeline.name, pipeline.namespace, json.dumps(spec, sort_keys=True))


@lru_cache(_KEPT)
def _fingerprint(name: str, namespace: str, spec: str) -> Fingerprint:
    metadata = {"name": name, "namespace": namespace}
    outcome = validate({"apiVersion": API_VERSION, "kind": KIND_NAME, "metadata": metadata, "spec": json.loads(spec)})
    if not isinstance(outcome, Pipeline):
        return {}
    rendering = Rendering(render(outcome, placeholder_endpoints(outcome)))
    by_stage = {stage.value: list(rendering.of_stage(stage).values()) for stage in UPGRADED_STAGES}
    return {stage: digest_of(children) for stage, children in by_stage.items() if children}
