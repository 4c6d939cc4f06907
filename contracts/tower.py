"""A tower of the operator's inventory, the table `network.towers`."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.events import RadioAccess

Name = Annotated[str, Field(min_length=1, max_length=128)]


class Tower(BaseModel):
    """One site, as the inventory has it now. Fields are those of the bronze table `network_towers`, in its order."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    tower_id: Name = Field(description="Identifier of the site, as calls and readings name it")
    region: Name = Field(description="Sales region that the tower stands in")
    city: Name = Field(description="Metropolitan area")
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False, description="WGS84 degrees")
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False, description="WGS84 degrees")
    radio_access: RadioAccess = Field(description="Best technology that the site offers")
    capacity_users: int = Field(gt=0, lt=2**31, description="Users that the site is built for")
    retired_at: AwareDatetime | None = Field(
        default=None, description="When it was taken out of service, with its time zone; absent while it works"
    )
