"""Container images of our own jobs."""

from operators.telecom_pipeline.pipeline.pipeline import Pipeline

PRODUCERS_IMAGE = "producers"
KAFKA_TO_BRONZE_IMAGE = "kafka-to-bronze"
FRAUD_DETECTION_IMAGE = "fraud-detection"
FRAUD_RULES_PUBLISHER_IMAGE = "fraud-rules-publisher"
ACCOUNT_FREEZER_IMAGE = "account-freezer"
CRM_BATCH_INGESTOR_IMAGE = "crm-batch-ingestor"
NIGHTLY_IMAGE = "nightly"
CHURN_IMAGE = "churn"


def image(pipeline: Pipeline, repository: str) -> str:
    """Full name of an image."""
    return f"{pipeline.spec.image.registry}/{repository}:{pipeline.spec.image.tag}"
