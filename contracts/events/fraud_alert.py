"""What fraud detection found: topic `fraud_alerts`."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from contracts.events.base import Event
from contracts.events.field_types import EpochMillis, Imei, Imsi, Int32, Msisdn


class FraudRule(StrEnum):
    """Name of the rule that fired."""

    IMPOSSIBLE_TRAVEL = "impossible_travel"
    CALL_VELOCITY = "call_velocity"
    SIM_BOX = "sim_box"
    WANGIRI = "wangiri"
    IRSF = "irsf"
    SIM_SWAP = "sim_swap"


class AlertSeverity(StrEnum):
    """How urgent an alert is; `critical` freezes an account by default."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FraudAlert(Event):
    """One episode of one rule for one subscriber.

    `event_id` is a digest of rule, subject and evidence, so that a replay makes no second alert.
    `event_time_ms` is the time of the newest event of the evidence.
    """

    topic: ClassVar[str] = "fraud_alerts"
    key_field: ClassVar[str] = "msisdn"

    rule: FraudRule = Field(description="Rule that fired")
    rule_version: Int32 = Field(description="Version of the rule's parameters that fired")
    msisdn: Msisdn = Field(description="Account at fault; wangiri: the number that baits, mostly not a subscriber")
    imsi: Imsi = Field(description="SIM of the event that completed the proof; empty for wangiri")
    severity: AlertSeverity = Field(description="How bad it is, by the score")
    score: float = Field(description="0 to 100, how far beyond the threshold")
    detection_time_ms: EpochMillis = Field(description="Wall clock of the detector")
    evidence_event_ids: list[str] = Field(description="Events that prove it, oldest first")
    distance_km: float | None = Field(default=None, description="impossible_travel: great-circle distance")
    speed_kmh: float | None = Field(
        default=None,
        description="impossible_travel: least speed that explains both places, tower radii subtracted; "
        "absent where both events have the same time",
    )
    call_count: Int32 | None = Field(default=None, description="Calls of the evidence, all inside the window")
    window_seconds: Int32 | None = Field(default=None, description="Length of the rule's window")
    imei: Imei | None = Field(default=None, description="sim_box: the device")
    distinct_imsis: Int32 | None = Field(default=None, description="sim_box: SIMs seen in the device")
    distinct_callees: Int32 | None = Field(default=None, description="sim_box: numbers called")
    distinct_cells: Int32 | None = Field(default=None, description="sim_box: cells used")
    victim_count: Int32 | None = Field(default=None, description="wangiri: different subscribers baited")
    callback_count: Int32 | None = Field(default=None, description="wangiri: different subscribers who called back")
    total_duration_seconds: Int32 | None = Field(default=None, description="irsf: conversation of the evidence")
    parallel_calls: Int32 | None = Field(default=None, description="irsf: most calls held at one moment")
    previous_imsi: Imsi | None = Field(default=None, description="sim_swap: the SIM before the change")
    sms_count: Int32 | None = Field(default=None, description="sim_swap: messages of the evidence")
