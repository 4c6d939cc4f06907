"""Ordinary calls and messages of one subscriber, changed where a test says so."""

from typing import Any

from contracts.events import CallEvent, CallTerminationCause, CallType, DeliveryStatus, SmsDirection, SmsEvent

START_MS = 1_780_000_000_000
MINUTE_MS = 60_000
SUBSCRIBER = "12065550100"

_SHARED: dict[str, Any] = {
    "event_time_ms": START_MS,
    "schema_version": 1,
    "msisdn": SUBSCRIBER,
    "imsi": "310260000000001",
    "imei": "490154203237518",
    "tower_id": "TWR-1",
    "cell_id": "TWR-1-1",
    "latitude": 47.6,
    "longitude": -122.3,
    "is_roaming": False,
    "serving_plmn": "310260",
    "revenue_usd": 0,
}


def a_call(event_id: str, minute: float = 0, **changes: Any) -> CallEvent:
    """A minute's call made `minute` minutes after the start."""
    fields = _SHARED | {
        "event_time_ms": START_MS + round(minute * MINUTE_MS),
        "called_msisdn": "12065550199",
        "call_type": CallType.MOBILE_ORIGINATED,
        "duration_seconds": 60,
        "termination_cause": CallTerminationCause.NORMAL,
    }
    fields |= changes
    end_ms = fields["event_time_ms"] + fields["duration_seconds"] * 1000
    return CallEvent(event_id=event_id, start_time_ms=fields["event_time_ms"], end_time_ms=end_ms, **fields)


def a_message(event_id: str, minute: float = 0, **changes: Any) -> SmsEvent:
    """A message received `minute` minutes after the start."""
    fields = _SHARED | {
        "event_time_ms": START_MS + round(minute * MINUTE_MS),
        "other_msisdn": "12065550199",
        "direction": SmsDirection.MOBILE_TERMINATED,
        "part_count": 1,
        "delivery_status": DeliveryStatus.DELIVERED,
    }
    return SmsEvent(event_id=event_id, **fields | changes)
