"""Tower readings: topic `network_probe_events`."""

from typing import ClassVar

from pydantic import Field

from contracts.events.base import Event
from contracts.events.data_session import RadioAccess
from contracts.events.field_types import Int32, Latitude, Longitude


class NetworkProbeEvent(Event):
    """One reading of one tower, taken every second. Keyed by the tower."""

    topic: ClassVar[str] = "network_probe_events"
    key_field: ClassVar[str] = "tower_id"

    tower_id: str = Field(description="Site that was read")
    region: str = Field(description="Sales region of the tower", examples=["pacific_northwest"])
    latitude: Latitude
    longitude: Longitude
    radio_access: RadioAccess = Field(description="Best technology the site offers")
    load_percent: float = Field(description="Share of the radio resource in use, 0 to 100")
    active_users: Int32 = Field(description="Users connected to the site")
    call_attempts: Int32 = Field(description="Call set-ups during the second")
    dropped_calls: Int32 = Field(description="Calls lost during the second")
    latency_ms: float = Field(description="Mean round trip to the core network, milliseconds")
    signal_dbm: float = Field(description="Mean reference signal received power, dBm")
