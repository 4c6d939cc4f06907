"""`spec.monitoring`: from when on the pipeline's data counts as late."""

from typing import Annotated

from pydantic import Field

from operators.telecom_pipeline.spec.base import SpecModel


class Monitoring(SpecModel):
    """Limits of the conditions about data. They are told apart from `Ready`, which is about what runs."""

    freshness_limit_seconds: Annotated[float, Field(ge=1, le=604800)] = Field(
        default=300.0,
        description="`BronzeFresh` ends when the newest event in bronze, of any topic, is older. Longer than "
        "`bronze.commitIntervalSeconds`, or it ends between two commits.",
    )
    lag_limit_records: Annotated[int, Field(ge=1)] = Field(
        default=1_000_000,
        description="`LagBounded` ends when more records wait in Kafka for the sink, all topics together.",
    )
    publication_limit_seconds: Annotated[float, Field(ge=60, le=31536000)] = Field(
        default=129600.0,
        description="`Published` ends when the last nightly run that published ended longer ago. It means something "
        "with `transform` only.",
    )
