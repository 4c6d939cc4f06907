"""Call events for the sink's tests."""

import itertools
import time

import orjson

_numbers = itertools.count()


def call_event(**changes: object) -> dict[str, object]:
    """A call event of a minute ago with an id of its own."""
    start = int(time.time() * 1000) - 60_000
    event: dict[str, object] = {
        "event_id": f"e-{next(_numbers)}",
        "event_time_ms": start,
        "schema_version": 1,
        "msisdn": "12065550123",
        "imsi": "310260123456789",
        "imei": "490154203237518",
        "tower_id": "TWR-00042",
        "cell_id": "TWR-00042-2",
        "latitude": 47.6,
        "longitude": -122.3,
        "is_roaming": False,
        "serving_plmn": "310260",
        "revenue_usd": 0.125,
        "called_msisdn": "12065550199",
        "call_type": "mobile_originated",
        "start_time_ms": start,
        "end_time_ms": start + 60_000,
        "duration_seconds": 60,
        "termination_cause": "normal",
    }
    return event | changes


def call_values(count: int, **changes: object) -> list[bytes | None]:
    """So many encoded call events."""
    return [orjson.dumps(call_event(**changes)) for _ in range(count)]


def size_of(values: list[bytes | None]) -> int:
    """Bytes of the values."""
    return sum(len(value or b"") for value in values)
