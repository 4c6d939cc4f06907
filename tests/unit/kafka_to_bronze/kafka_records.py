"""Records and events for the sink's unit tests."""

from dataclasses import dataclass, field

import orjson

from contracts.events import CallEvent, FraudAlert


@dataclass(frozen=True)
class Record:
    """A record as `confluent_kafka.Message` presents it."""

    offset_: int
    value_: bytes | None
    key_: bytes | None = None
    headers_: list[tuple[str, bytes]] | None = field(default=None)

    def __len__(self) -> int:
        return len(self.value_ or b"")

    def offset(self) -> int:
        return self.offset_

    def value(self) -> bytes | None:
        return self.value_

    def key(self) -> bytes | None:
        return self.key_

    def headers(self) -> list[tuple[str, bytes]] | None:
        return self.headers_


def call(**changes: object) -> dict[str, object]:
    """A valid call event as a JSON object, with `changes` on top."""
    event: dict[str, object] = {
        "event_id": "e-1",
        "event_time_ms": 1_763_900_000_000,
        "schema_version": CallEvent.current_schema_version,
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
        "start_time_ms": 1_763_900_000_000,
        "end_time_ms": 1_763_900_060_000,
        "duration_seconds": 60,
        "termination_cause": "normal",
    }
    return event | changes


def alert(**changes: object) -> dict[str, object]:
    """A valid fraud alert (it has a list and optional fields) as a JSON object, with `changes` on top."""
    event: dict[str, object] = {
        "event_id": "a-1",
        "event_time_ms": 1_763_900_000_000,
        "schema_version": FraudAlert.current_schema_version,
        "rule": "call_velocity",
        "rule_version": 1,
        "msisdn": "12065550123",
        "imsi": "310260123456789",
        "severity": "high",
        "score": 80.5,
        "detection_time_ms": 1_763_900_000_500,
        "evidence_event_ids": ["e-1", "e-2"],
    }
    return event | changes


def encoded(event: object) -> bytes:
    """Compact JSON."""
    return orjson.dumps(event)
