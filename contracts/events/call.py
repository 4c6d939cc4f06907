"""Voice call detail records: topic `call_events`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.field_types import EpochMillis, Int32, Msisdn
from contracts.events.subscriber_activity import SubscriberActivity


class CallType(StrEnum):
    """Leg and bearer of a call."""

    MOBILE_ORIGINATED = "mobile_originated"
    MOBILE_TERMINATED = "mobile_terminated"
    FORWARDED = "forwarded"


class CallTerminationCause(StrEnum):
    """Why a call ended (3GPP TS 32.298 causes, condensed)."""

    NORMAL = "normal"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DROPPED = "dropped"
    NETWORK_FAILURE = "network_failure"


class CallEvent(SubscriberActivity):
    """One leg of a voice call. `event_time_ms` is the start of the call."""

    topic: ClassVar[str] = "call_events"
    key_field: ClassVar[str] = "msisdn"

    called_msisdn: Msisdn = Field(description="The other party")
    call_type: CallType = Field(description="Leg and bearer of the call")
    start_time_ms: EpochMillis = Field(description="When it was set up")
    end_time_ms: EpochMillis = Field(description="When it was torn down")
    duration_seconds: Int32 = Field(description="Conversation time; 0 for an unanswered call")
    termination_cause: CallTerminationCause = Field(description="Why it ended")
