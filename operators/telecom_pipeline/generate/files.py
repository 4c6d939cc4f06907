"""All generated files."""

from contracts.wire_schema import schema_files
from operators.telecom_pipeline.generate.bronze_docs import bronze_docs
from operators.telecom_pipeline.generate.chart import chart_files
from operators.telecom_pipeline.generate.crd import crd_text
from operators.telecom_pipeline.generate.monitoring.files import monitoring_files
from operators.telecom_pipeline.generate.rbac import rbac_template
from operators.telecom_pipeline.generate.reference import reference_text
from operators.telecom_pipeline.generate.samples import SAMPLES, sample_text


def generated_files() -> dict[str, str]:
    """Text of each generated file by its path in the repository."""
    return {
        "manifests/crd/telecompipelines.telecom.dev.yaml": crd_text(),
        "docs/reference/telecompipeline.md": reference_text(),
        **{f"contracts/schemas/{name}": text for name, text in schema_files().items()},
        **bronze_docs(),
        **chart_files(),
        **rbac_template(),
        **monitoring_files(),
        **{f"manifests/samples/{sample.name}.yaml": sample_text(sample) for sample in SAMPLES},
    }
