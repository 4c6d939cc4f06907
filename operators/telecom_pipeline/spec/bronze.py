"""`spec.bronze`: the sink that writes topics into Iceberg tables."""

from typing import Annotated

from pydantic import Field

from operators.telecom_pipeline.spec.base import Resources, SpecModel, profile_default


class Bronze(SpecModel):
    """The sink `kafka_to_bronze`, which writes topics into Iceberg tables exactly once."""

    replicas: Annotated[int, Field(ge=1, le=1000)] | None = profile_default(
        1,
        3,
        description="Number of sink pods, which share the partitions; at most the partitions of the largest topic.",
    )
    commit_interval_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=30.0, description="About the longest time, in seconds, until an event is in its table."
    )
    commit_mebibytes: Annotated[int, Field(ge=1, le=4096)] | None = profile_default(
        64,
        128,
        description="Mebibytes of a topic's records after which the sink commits without waiting for the interval to "
        "pass. The sink needs up to three times as much memory for each topic.",
    )
    resources: Resources | None = profile_default(
        {"cpu": "500m", "memory": "1Gi"},
        {"cpu": "1", "memory": "4Gi"},
        description="What each sink pod may use.",
    )
