"""`spec.monitoring`: when the pipeline's data counts as late."""

from typing import Annotated

from pydantic import Field

from operators.telecom_pipeline.spec.base import SpecModel


class Monitoring(SpecModel):
    """Limits of the conditions about data, which are separate from `Ready`: that one is about what runs."""

    freshness_limit_seconds: Annotated[float, Field(ge=1, le=604800)] = Field(
        default=300.0,
        description="`BronzeFresh` turns False when the newest event in bronze, of any topic, is older than this. "
        "Choose more than `bronze.commitIntervalSeconds`, or it turns False between two commits.",
    )
    lag_limit_records: Annotated[int, Field(ge=1)] = Field(
        default=1_000_000,
        description="`LagBounded` turns False when more records than this, of all topics, wait in Kafka for the sink.",
    )
    publication_limit_seconds: Annotated[float, Field(ge=60, le=31536000)] = Field(
        default=129600.0,
        description="`Published` turns False when the last nightly run that published ended longer ago than this. It "
        "matters only with `transform`.",
    )
