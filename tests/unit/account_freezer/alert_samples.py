"""Alerts and policies that tests vary."""

from datetime import UTC, datetime
from typing import Any

from contracts.account_freezer_settings import FreezePolicy
from contracts.events import AlertSeverity, FraudAlert, FraudRule

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MSISDN = "12065550123"


def alert_of(**values: Any) -> FraudAlert:
    sound = {
        "event_id": "a1",
        "event_time_ms": 1_772_366_400_000,
        "schema_version": 1,
        "rule": FraudRule.CALL_VELOCITY,
        "rule_version": 1,
        "msisdn": MSISDN,
        "imsi": "310260123456789",
        "severity": AlertSeverity.CRITICAL,
        "score": 95.0,
        "detection_time_ms": 1_772_366_401_000,
        "evidence_event_ids": ["e1"],
    }
    return FraudAlert.model_validate(sound | values)


def policy_of(**values: Any) -> FreezePolicy:
    sound = {
        "min_severity": AlertSeverity.CRITICAL,
        "rules": tuple(FraudRule),
        "allowed_msisdns": (),
        "cooldown_seconds": 3600,
        "false_positive_cooldown_seconds": 86_400,
        "is_dry_run": False,
    }
    return FreezePolicy.model_validate(sound | values)
