"""What a user writes: the models of `TelecomPipeline`, from which CRD, reference and samples are generated."""

from operators.telecom_pipeline.spec.pipeline_spec import PipelineSpec, Profile

API_GROUP = "telecom.dev"
API_VERSION = f"{API_GROUP}/v1alpha1"
KIND_NAME = "TelecomPipeline"
PLURAL = "telecompipelines"

__all__ = ["API_GROUP", "API_VERSION", "KIND_NAME", "PLURAL", "PipelineSpec", "Profile"]
