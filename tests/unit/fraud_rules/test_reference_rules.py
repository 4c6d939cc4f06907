from collections.abc import Iterable
from math import pi

import pytest
from subscriber_events import START_MS, SUBSCRIBER, a_call, a_message

from contracts.earth import EARTH_RADIUS_KM
from contracts.events import AlertSeverity, CallEvent, CallType, FraudAlert, FraudRule, SmsEvent
from contracts.fraud_rules import CallVelocityParameters, RuleDocument
from contracts.fraud_rules.impossible_travel import great_circle_km
from contracts.fraud_rules.reference import ReferenceDetector

PORTLAND = {"latitude": 45.5, "longitude": -122.7}  # 235 km from the ordinary place
TOKYO = {"latitude": 35.7, "longitude": 139.7}


def found(events: Iterable[CallEvent | SmsEvent], *documents: RuleDocument) -> list[FraudAlert]:
    detector = ReferenceDetector(documents) if documents else ReferenceDetector()
    return [alert for event in events for alert in detector.evaluate(event)]


def rules(alerts: list[FraudAlert]) -> list[FraudRule]:
    return [alert.rule for alert in alerts]


@pytest.mark.parametrize(
    ("here", "there", "kilometres"),
    [
        ((90, 0), (90, 137), 0),
        ((90, 0), (-90, 42), pi * EARTH_RADIUS_KM),
        ((0, 179.5), (0, -179.5), pi * EARTH_RADIUS_KM / 180),
        ((0, 0), (0, 180), pi * EARTH_RADIUS_KM),
        ((10, 20), (11, 20), pi * EARTH_RADIUS_KM / 180),
    ],
)
def test_distance_is_right_at_poles_and_across_the_antimeridian(
    here: tuple[float, float], there: tuple[float, float], kilometres: float
) -> None:
    assert great_circle_km(*here, *there) == pytest.approx(kilometres, abs=1e-6)


def test_two_places_no_airliner_connects_are_impossible_travel() -> None:
    (alert,) = found([a_call("home"), a_call("away", 60, **TOKYO)])
    assert (alert.rule, alert.evidence_event_ids) == (FraudRule.IMPOSSIBLE_TRAVEL, ["home", "away"])
    assert alert.severity is AlertSeverity.CRITICAL
    assert alert.distance_km == pytest.approx(7710, abs=20)


def test_travel_at_the_speed_of_an_airliner_is_possible() -> None:
    assert not found([a_call("home"), a_call("away", 10 * 60, **TOKYO)])


def test_tower_radii_are_subtracted_before_the_speed_is_judged() -> None:
    # 235 km in 12 minutes are 1,180 km/h from mast to mast, but only 830 km/h from edge to edge of the cells.
    assert not found([a_call("home"), a_call("away", 12, **PORTLAND)])
    assert found([a_call("home"), a_call("away", 9, **PORTLAND)])


def test_a_late_event_is_compared_but_never_becomes_the_newest_place() -> None:
    late = a_call("late", -60, **TOKYO)
    (alert,) = found([a_call("home"), late, a_call("home again", 5)])
    assert alert.evidence_event_ids == ["late", "home"]


def test_two_places_at_the_same_moment_have_no_speed() -> None:
    (alert,) = found([a_call("a"), a_call("b", 0, **TOKYO)])
    assert alert.speed_kmh is None
    assert alert.score == 100


def test_the_way_back_belongs_to_the_same_episode() -> None:
    assert len(found([a_call("home"), a_call("away", 60, **TOKYO), a_call("back", 120)])) == 1


@pytest.mark.parametrize(("calls", "span_minutes", "alerts"), [(25, 1, 0), (26, 30, 1), (26, 30.001, 0), (60, 29, 1)])
def test_more_than_25_calls_in_any_half_hour_fire_once(calls: int, span_minutes: float, alerts: int) -> None:
    events = [a_call(f"c{number:02d}", span_minutes * number / (calls - 1)) for number in range(calls)]
    assert len(found(events)) == alerts
    assert len(found(events[::-1])) == alerts


def test_an_event_sent_twice_counts_once() -> None:
    calls = [a_call(f"c{number}", number) for number in range(25)]
    assert not found([*calls, *calls])


def test_a_replay_makes_the_same_alert_ids() -> None:
    calls = [a_call(f"c{number:02d}", number) for number in range(30)]
    assert [alert.event_id for alert in found(calls)] == [alert.event_id for alert in found(calls)]


def test_a_second_episode_after_the_cooldown_is_a_second_alert() -> None:
    calls = [a_call(f"{start}-{number:02d}", start + number) for start in (0, 120) for number in range(26)]
    first, second = found(calls)
    assert first.event_id != second.event_id


def test_received_calls_can_be_left_out() -> None:
    calls = [a_call(f"c{number}", number, call_type=CallType.MOBILE_TERMINATED) for number in range(26)]
    only_made = CallVelocityParameters(count_received_calls=False)
    assert rules(found(calls)) == [FraudRule.CALL_VELOCITY]
    assert not found(calls, RuleDocument(rule=FraudRule.CALL_VELOCITY, version=2, parameters=only_made))


def sim_box_calls(sims: int, cells: int) -> list[CallEvent]:
    return [
        a_call(
            f"b{number:02d}",
            number,
            msisdn=f"1206555{number % sims:04d}",
            imsi=f"31026000000000{number % sims}",
            cell_id=f"C{number % cells}",
            called_msisdn=f"1509{number:07d}",
        )
        for number in range(30)
    ]


def test_many_sims_in_one_device_that_stands_still_are_a_sim_box() -> None:
    (alert,) = found(sim_box_calls(sims=3, cells=1))
    assert (alert.rule, alert.imei, alert.distinct_imsis) == (FraudRule.SIM_BOX, "490154203237518", 3)


@pytest.mark.parametrize(("sims", "cells"), [(2, 1), (3, 2)])
def test_a_dual_sim_phone_or_one_that_moves_is_no_sim_box(sims: int, cells: int) -> None:
    assert FraudRule.SIM_BOX not in rules(found(sim_box_calls(sims, cells)))


def wangiri_events(callers: int) -> list[CallEvent]:
    bait = {"called_msisdn": "2214000001", "duration_seconds": 1, "imei": ""}
    rung = [
        a_call(f"r{n:02d}", n, call_type=CallType.MOBILE_TERMINATED, msisdn=f"1253000{n:04d}", **bait)
        for n in range(20)
    ]
    return [*rung, *(a_call(f"k{n}", 30 + n, **bait | {"msisdn": f"1253000{n:04d}"}) for n in range(callers))]


def test_short_calls_to_many_who_call_back_are_wangiri() -> None:
    (alert,) = found(wangiri_events(callers=3))
    assert (alert.rule, alert.msisdn, alert.imsi) == (FraudRule.WANGIRI, "2214000001", "")
    assert (alert.victim_count, alert.callback_count, len(alert.evidence_event_ids)) == (20, 3, 23)


def test_without_enough_call_backs_it_is_not() -> None:
    assert not found(wangiri_events(callers=2))


def test_long_calls_to_costly_prefixes_are_revenue_share_fraud() -> None:
    calls = [a_call(f"i{n}", n, called_msisdn="881612345678", duration_seconds=600) for n in range(4)]
    (alert,) = found(calls)
    assert (alert.rule, alert.total_duration_seconds, alert.parallel_calls) == (FraudRule.IRSF, 2400, 4)


def test_the_same_calls_elsewhere_are_not() -> None:
    assert not found([a_call(f"i{n}", n, duration_seconds=600) for n in range(4)])


def test_messages_after_a_change_of_sim_are_a_sim_swap() -> None:
    old = [a_message("old", 0)]
    new = [a_message(f"new{n}", 10 + n, imsi="310260000000009") for n in range(5)]
    (alert,) = found([*old, *new])
    assert (alert.rule, alert.previous_imsi, alert.sms_count) == (FraudRule.SIM_SWAP, "310260000000001", 5)
    assert alert.event_time_ms == START_MS + 14 * 60_000
    assert alert.msisdn == SUBSCRIBER


def test_a_late_message_of_the_old_sim_is_no_change() -> None:
    events = [a_message("a", 10), a_message("late", 5, imsi="310260000000009")]
    assert not found([*events, *(a_message(f"m{n}", 11 + n) for n in range(6))])
