import pytest

from contracts.events import AlertSeverity, FraudAlert, FraudRule
from contracts.ledger import PlantedFraud
from telecom.audit.alert_score import SeenAlert, percentile, score_rules, seconds_after_sending

VELOCITY, TRAVEL = FraudRule.CALL_VELOCITY, FraudRule.IMPOSSIBLE_TRAVEL


def planted(rule: FraudRule, msisdn: str) -> PlantedFraud:
    return PlantedFraud(rule=rule, msisdn=msisdn, event_ids=("e1", "e2"), event_times_ms=(1_000, 2_000))


def alert(rule: FraudRule, msisdn: str, event_time_ms: int = 2_000) -> FraudAlert:
    return FraudAlert(
        event_id=f"{rule}-{msisdn}",
        event_time_ms=event_time_ms,
        schema_version=1,
        rule=rule,
        rule_version=1,
        msisdn=msisdn,
        imsi="310260000000001",
        severity=AlertSeverity.HIGH,
        score=80.0,
        detection_time_ms=event_time_ms,
        evidence_event_ids=["e1", "e2"],
    )


def test_every_rule_is_scored_by_subscriber() -> None:
    frauds = [planted(VELOCITY, "1"), planted(VELOCITY, "2"), planted(TRAVEL, "3")]
    alerts = [alert(VELOCITY, "1"), alert(VELOCITY, "1"), alert(VELOCITY, "9"), alert(TRAVEL, "3")]
    velocity, travel = score_rules(frauds, alerts)
    assert (velocity.rule, velocity.precision, velocity.recall) == ("call_velocity", 0.5, 0.5)
    assert (travel.rule, travel.precision, travel.recall) == ("impossible_travel", 1.0, 1.0)


def test_an_alert_of_a_rule_for_which_nothing_was_planted_is_a_false_alarm() -> None:
    (score,) = score_rules([], [alert(VELOCITY, "1")])
    assert (score.false_alarms, score.precision, score.recall) == (1, 0.0, 1.0)


def test_delays_count_from_when_a_fraud_was_sent_however_old_its_events_were() -> None:
    an_hour_late = planted(VELOCITY, "1").model_copy(update={"sent_at_ms": 3_602_000})
    assert seconds_after_sending([an_hour_late], [SeenAlert(alert(VELOCITY, "1"), 3_602_700)]) == [0.7]


def test_an_alert_without_a_known_time_of_sending_has_no_delay() -> None:
    stranger = alert(VELOCITY, "9").model_copy(update={"evidence_event_ids": ["e8", "e9"]})
    seen = [SeenAlert(alert(VELOCITY, "1"), 2_700), SeenAlert(stranger, 2_700)]
    assert seconds_after_sending([planted(VELOCITY, "1")], seen) == []


@pytest.mark.parametrize(("values", "expected"), [([], None), ([3.0], 3.0), ([1.0, 2.0, 3.0], 2.0)])
def test_the_median_is_defined_for_few_values(values: list[float], expected: float | None) -> None:
    assert percentile(values, 50) == expected
