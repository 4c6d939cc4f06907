"""Packet data sessions: topic `data_session_events`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.field_types import EpochMillis, Int32
from contracts.events.subscriber_activity import SubscriberActivity


class RadioAccess(StrEnum):
    """Radio access technology of the serving cell."""

    GSM = "2g"
    UMTS = "3g"
    LTE = "4g"
    NR = "5g"


class SessionTerminationCause(StrEnum):
    """Why a data session was closed."""

    USER = "user"
    IDLE_TIMEOUT = "idle_timeout"
    VOLUME_LIMIT = "volume_limit"
    RADIO_LOST = "radio_lost"


class DataSessionEvent(SubscriberActivity):
    """One closed packet data session. `event_time_ms` is its start."""

    topic: ClassVar[str] = "data_session_events"
    key_field: ClassVar[str] = "msisdn"

    apn: str = Field(description="Access point name", examples=["internet"])
    radio_access: RadioAccess = Field(description="Radio technology that carried it")
    start_time_ms: EpochMillis = Field(description="When the session was opened")
    end_time_ms: EpochMillis = Field(description="When the session was closed")
    duration_seconds: Int32 = Field(description="Duration in seconds")
    bytes_up: int = Field(description="Octets sent by the device")
    bytes_down: int = Field(description="Octets sent to the device")
    termination_cause: SessionTerminationCause = Field(description="Why it ended")
