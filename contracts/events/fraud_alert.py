"""What fraud detection found: topic `fraud_alerts`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.base import Event
from contracts.events.field_types import EpochMillis, Imsi, Int32, Msisdn


class FraudRule(StrEnum):
    """Name of the rule that fired."""

    IMPOSSIBLE_TRAVEL = "impossible_travel"
    CALL_VELOCITY = "call_velocity"


class AlertSeverity(StrEnum):
    """How urgent an alert is; `critical` freezes an account by default."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FraudAlert(Event):
    """One episode of one rule for one subscriber.

    `event_id` is a digest of rule, subscriber and first evidence, so that a replay makes no second alert.
    `event_time_ms` is the time of the event that completed the proof.
    """

    topic: ClassVar[str] = "fraud_alerts"
    key_field: ClassVar[str] = "msisdn"

    rule: FraudRule
    rule_version: Int32 = Field(description="Version of the rule's parameters that fired")
    msisdn: Msisdn
    imsi: Imsi
    severity: AlertSeverity
    score: float = Field(description="0 to 100, how far beyond the threshold")
    detection_time_ms: EpochMillis = Field(description="Wall clock of the detector")
    evidence_event_ids: list[str] = Field(description="Events that prove it, oldest first")
    distance_km: float | None = Field(default=None, description="impossible_travel: great-circle distance")
    speed_kmh: float | None = Field(default=None, description="impossible_travel: implied speed")
    call_count: Int32 | None = Field(default=None, description="call_velocity: calls in the window")
    window_seconds: Int32 | None = Field(default=None, description="call_velocity: the window")
