"""`spec.transform.churn`: what the gates before the churn scores tolerate."""

from typing import Annotated

from pydantic import Field

from contracts.batch_settings import ChurnGates
from operators.telecom_pipeline.spec.base import SpecModel

_DEFAULT = ChurnGates()
Share = Annotated[float, Field(ge=0, le=1)]


class ChurnSection(SpecModel):
    """Limits within which churn scores are shown and handed to the CRM. A change holds from the next run on."""

    min_auc: Share = Field(
        default=_DEFAULT.min_auc,
        description="Least area under the ROC curve on outcomes that the model has not seen; 0.5 is chance. Above 0.5, "
        "it must also exceed chance by 1.645 standard errors.",
    )
    min_coverage: Share = Field(
        default=_DEFAULT.min_coverage,
        description="Least share of the customers who have had an open account, and consented to profiling, since "
        "before the features' date and still do, who have a score.",
    )
    max_drift: Annotated[float, Field(ge=0)] = Field(
        default=_DEFAULT.max_drift,
        description="Greatest population stability index of the scores against those shown before. What follows from "
        "more or fewer customers leaving only warns.",
    )
    max_feature_age_days: Annotated[int, Field(ge=0)] = Field(
        default=_DEFAULT.max_feature_age_days,
        description="Greatest age in days of the published features.",
    )

    def gates(self) -> ChurnGates:
        """The same for the job's settings."""
        return ChurnGates(**self.model_dump())
