"""The batch jobs by the names that people use."""

from enum import StrEnum

from operators.telecom_pipeline.objects import names


class BatchJob(StrEnum):
    """A batch job, in the order in which they run on a day."""

    INGEST = "ingest"
    NIGHTLY = "nightly"
    CHURN = "churn"

    @property
    def component(self) -> str:
        """Name of the component in a pipeline."""
        return _COMPONENTS[self]


_COMPONENTS = {
    BatchJob.INGEST: names.CRM_BATCH_INGESTOR,
    BatchJob.NIGHTLY: names.NIGHTLY,
    BatchJob.CHURN: names.CHURN,
}
