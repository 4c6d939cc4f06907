"""Fields shared by the three kinds of call detail record (CDR): call, SMS, data session."""

from pydantic import Field

from contracts.events.base import Event
from contracts.events.field_types import Imei, Imsi, Latitude, Longitude, Money, Msisdn


class SubscriberActivity(Event):
    """Something a subscriber did through one cell, rated in US dollars. Keyed by the subscriber's MSISDN."""

    msisdn: Msisdn = Field(description="Subscriber whose account the record belongs to")
    imsi: Imsi
    imei: Imei
    tower_id: str = Field(description="Site that carried it", examples=["TWR-00042"])
    cell_id: str = Field(description="Sector of the tower", examples=["TWR-00042-2"])
    latitude: Latitude
    longitude: Longitude
    is_roaming: bool = Field(description="True where the serving network is not the home network")
    serving_plmn: str = Field(description="MCC and MNC of the serving network", examples=["310260"])
    revenue_usd: Money = Field(description="Rated charge; 0 inside the plan's allowance")
