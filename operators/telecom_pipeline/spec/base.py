"""What all sections of the spec share (they are closed, immutable, camelCase in YAML) and the field types they use."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

DNS_NAME_PATTERN = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"

# Where the schema of a field carries the defaults of the profiles; the generator documents them.
PROFILE_DEFAULTS_KEY = "x-profile-defaults"


class SpecModel(BaseModel):
    """A section of the spec: an unknown key is an error, and values have exactly the types that YAML gave them."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid", strict=True, use_enum_values=False
    )


def profile_default(dev: Any, production: Any, *, description: str, **constraints: Any) -> Any:
    """A field that, when it is not written, is None and takes the value of the pipeline's profile."""
    extra: JsonDict = {PROFILE_DEFAULTS_KEY: {"dev": dev, "production": production}}
    return Field(default=None, description=description, json_schema_extra=extra, **constraints)


MemoryQuantity = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Mi|Gi|Ti)$", examples=["2Gi"])]
CpuQuantity = Annotated[
    str, Field(pattern=r"^([1-9][0-9]*m|[1-9][0-9]*(\.[0-9]+)?|0\.[0-9]*[1-9])$", examples=["500m"])
]
Ratio = Annotated[float, Field(ge=0, le=1)]
ObjectName = Annotated[str, Field(pattern=DNS_NAME_PATTERN, max_length=253)]


class ObjectReference(SpecModel):
    """An object in the pipeline's namespace."""

    name: ObjectName = Field(description="Name of the object.")


class Resources(SpecModel):
    """What one pod may use."""

    cpu: CpuQuantity = Field(description="CPU that is reserved; a pod may use more when the node has it.")
    memory: MemoryQuantity = Field(description="Memory that is reserved; it is also the limit.")
