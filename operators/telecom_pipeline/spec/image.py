"""`spec.image`: where the pipeline's own container images come from."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.version import VERSION
from operators.telecom_pipeline.spec.base import SpecModel

# `localhost/` belongs to no registry on the network: a cluster without the images fails instead of pulling others'.
LOCAL_REGISTRY = "localhost/telecom-lakehouse"


class Image(SpecModel):
    """Container images of the pipeline's own jobs."""

    registry: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$", max_length=200)] = Field(
        default=LOCAL_REGISTRY, description="Registry and folder of the images."
    )
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] = Field(
        default=VERSION, description="Tag of the images; the operator's own version by default."
    )
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = Field(
        default="IfNotPresent", description="When the kubelet pulls an image."
    )
