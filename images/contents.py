"""What each of our own images holds, whether a Dockerfile makes it or `images.build`: tests compare both with this."""

from dataclasses import dataclass

from operators.telecom_pipeline.render.images import (
    ACCOUNT_FREEZER_IMAGE,
    CHURN_IMAGE,
    CRM_BATCH_INGESTOR_IMAGE,
    FRAUD_RULES_PUBLISHER_IMAGE,
    KAFKA_TO_BRONZE_IMAGE,
    NIGHTLY_IMAGE,
    PRODUCERS_IMAGE,
)
from operators.telecom_pipeline.render.transform import DBT

OPERATOR_IMAGE = "telecom-operator"
# The operator renders no pod for it: people run it, with the rights of the KafkaUser `eraser`.
PRIVACY_IMAGE = "privacy"
# What jobs share; no job knows another.
_BESIDE_A_JOB = ("contracts", "jobs/__init__.py", "jobs/runtime")


@dataclass(frozen=True)
class ImageContents:
    """One image: `code` are files and folders of the repository.

    The packages of others that the code imports are the extra with the image's name in pyproject.toml.
    """

    name: str
    code: tuple[str, ...]
    has_dbt: bool = False


def job_image(name: str, *beside: str, has_dbt: bool = False) -> ImageContents:
    """Image of a job in Python; its folder in `jobs` has the same name. `beside` is what it needs from elsewhere."""
    return ImageContents(name, (*_BESIDE_A_JOB, f"jobs/{name.replace('-', '_')}", *beside), has_dbt)


OWN_IMAGES = (
    ImageContents(OPERATOR_IMAGE, ("contracts", "operators")),
    job_image(PRODUCERS_IMAGE),
    job_image(KAFKA_TO_BRONZE_IMAGE),
    job_image(FRAUD_RULES_PUBLISHER_IMAGE),
    job_image(ACCOUNT_FREEZER_IMAGE),
    job_image(CRM_BATCH_INGESTOR_IMAGE),
    job_image(NIGHTLY_IMAGE, str(DBT.project_directory), has_dbt=True),
    job_image(CHURN_IMAGE),
    job_image(PRIVACY_IMAGE),
)
