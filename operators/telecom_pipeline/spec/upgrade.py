"""`spec.upgrade`: how a running pipeline is brought to a changed spec."""

from typing import Annotated

from pydantic import Field

from operators.telecom_pipeline.spec.base import SpecModel


class UpgradePolicy(SpecModel):
    """Stages are changed one after the other; each must be ready before the next one is touched."""

    step_timeout_seconds: Annotated[float, Field(ge=1, le=86400)] = Field(
        default=900.0, description="A step that is not ready after this many seconds has failed."
    )
    automatic_rollback: bool = Field(
        default=True,
        description="Whether a failed step brings all stages back to the last spec with which the pipeline was ready. "
        "What only grows, such as partitions, cannot go back: then the upgrade stalls and says so.",
    )
