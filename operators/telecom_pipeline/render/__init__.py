"""From a pipeline and its endpoints to the manifests of its children, a file per child. Pure and deterministic."""

from operators.telecom_pipeline.render.pipeline_manifests import missing_endpoints, render

__all__ = ["missing_endpoints", "render"]
