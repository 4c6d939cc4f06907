import pytest

from contracts.events import AlertSeverity, FraudAlert, FraudRule
from contracts.ledger import PlantedFraud
from local.alert_score import SeenAlert, percentile, score_rules, seconds_after_event

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


def test_alerts_about_events_that_were_sent_late_say_nothing_about_speed() -> None:
    seen = [SeenAlert(alert(VELOCITY, "1"), 2_700), SeenAlert(alert(TRAVEL, "2"), 2_000 + 3_600_000)]
    assert seconds_after_event(seen) == [0.7]


@pytest.mark.parametrize(("values", "expected"), [([], None), ([3.0], 3.0), ([1.0, 2.0, 3.0], 2.0)])
def test_the_median_is_defined_for_few_values(values: list[float], expected: float | None) -> None:
    assert percentile(values, 50) == expected
