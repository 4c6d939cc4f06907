"""SMS records: topic `sms_events`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.field_types import Int32, Msisdn
from contracts.events.subscriber_activity import SubscriberActivity


class SmsDirection(StrEnum):
    """Which way the message went, seen from the subscriber."""

    MOBILE_ORIGINATED = "mobile_originated"
    MOBILE_TERMINATED = "mobile_terminated"


class DeliveryStatus(StrEnum):
    """What became of the message."""

    DELIVERED = "delivered"
    EXPIRED = "expired"
    REJECTED = "rejected"


class SmsEvent(SubscriberActivity):
    """One message, all its parts together."""

    topic: ClassVar[str] = "sms_events"
    key_field: ClassVar[str] = "msisdn"

    other_msisdn: Msisdn = Field(description="Recipient of a sent message, sender of a received one")
    direction: SmsDirection = Field(description="Whether the subscriber sent or received it")
    part_count: Int32 = Field(description="Segments of 140 octets")
    delivery_status: DeliveryStatus = Field(description="What became of it")
