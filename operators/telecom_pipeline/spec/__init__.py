"""What a user writes: the models of `TelecomPipeline`, from which CRD, reference and samples are generated."""

from operators.telecom_pipeline.spec.pipeline_spec import PipelineSpec, Profile

__all__ = ["PipelineSpec", "Profile"]
