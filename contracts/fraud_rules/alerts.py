"""How a finding becomes an alert: identity, score and severity, the same for every rule."""

from collections.abc import Sequence
from hashlib import sha256
from math import floor
from typing import Any

from contracts.events import AlertSeverity, FraudAlert, FraudRule, SubscriberActivity
from contracts.fraud_rules.history import in_event_order

_ID_DIGITS = 32
# Least score of each severity, worst first.
_SEVERITY_FLOORS = (
    (90.0, AlertSeverity.CRITICAL),
    (70.0, AlertSeverity.HIGH),
    (40.0, AlertSeverity.MEDIUM),
    (0.0, AlertSeverity.LOW),
)


def alert_id(rule: FraudRule, subject: str, evidence_event_ids: Sequence[str]) -> str:
    """Return the first 32 hex digits of SHA-256 over rule, subject and evidence, joined by `|`."""
    return sha256("|".join((rule.value, subject, *evidence_event_ids)).encode()).hexdigest()[:_ID_DIGITS]


def score(ratio: float) -> float:
    """Return 50 at the threshold (`ratio` 1), 100 at twice the threshold and beyond, two decimals."""
    return rounded(min(100.0, 50.0 * ratio), 100)


def severity(score_value: float) -> AlertSeverity:
    """Severity of a score of 0 to 100."""
    return next(level for floor_value, level in _SEVERITY_FLOORS if score_value >= floor_value)


def rounded(value: float, steps: int) -> float:
    """Round to 1/`steps`, halves up, as Java does too (Python's `round` goes to even)."""
    return floor(value * steps + 0.5) / steps


def make_alert(
    rule: FraudRule,
    subject: str,
    evidence: Sequence[SubscriberActivity],
    ratio: float,
    *,
    msisdn: str,
    imsi: str,
    **measured: Any,
) -> FraudAlert:
    """Build the alert for `evidence`; version and detection time are 0 until the caller sets them."""
    in_order = sorted(evidence, key=in_event_order)
    event_ids = [event.event_id for event in in_order]
    score_value = score(ratio)
    return FraudAlert(
        event_id=alert_id(rule, subject, event_ids),
        event_time_ms=in_order[-1].event_time_ms,
        schema_version=FraudAlert.current_schema_version,
        rule=rule,
        rule_version=0,
        msisdn=msisdn,
        imsi=imsi,
        severity=severity(score_value),
        score=score_value,
        detection_time_ms=0,
        evidence_event_ids=event_ids,
        **measured,
    )
