"""The fraud detection job on real Flink and Kafka, as a user with no more rights than it needs."""

import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from engines import KafkaEngine
from flink_lab import FlinkLab, wait_until
from fraud_streams import Activity, call
from planted_frauds import Planter

from contracts.events import FraudAlert, FraudRule
from contracts.fraud_rules import CallVelocityParameters, RefusalReason, RuleDocument, RuleReport
from contracts.fraud_rules.reference import ReferenceDetector
from contracts.topics import FRAUD_RULE_REPORT_TOPIC, FRAUD_RULE_TOPIC

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

PREFIX = "fraudtest"
_COMPACTED = {"cleanup.policy": "compact"}


def acls(prefix: str) -> list[dict[str, object]]:
    """What the job's KafkaUser needs, and no more."""

    def acl(kind: str, name: str, operations: list[str], pattern: str = "literal") -> dict[str, object]:
        return {"resource": {"type": kind, "name": name, "patternType": pattern}, "operations": operations}

    read = [acl("topic", f"{prefix}_{name}", ["Read", "Describe"]) for name in ("call_events", "sms_events")]
    write = [
        acl("topic", f"{prefix}_{name}", ["Write", "Describe"]) for name in ("fraud_alerts", FRAUD_RULE_REPORT_TOPIC)
    ]
    return [
        *read,
        *write,
        acl("topic", f"{prefix}_{FRAUD_RULE_TOPIC}", ["Read", "Describe"]),
        acl("group", prefix, ["Read"]),
        acl("transactionalId", prefix, ["Write", "Describe"], "prefix"),
    ]


@pytest.fixture(scope="module")
def lab(kafka: KafkaEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkLab]:
    # One partition per topic: the order of arrival, on which alerts depend, is then the order of sending.
    for name in ("call_events", "sms_events", "fraud_alerts", FRAUD_RULE_REPORT_TOPIC):
        kafka.create_topic(f"{PREFIX}_{name}")
    kafka.create_topic(f"{PREFIX}_{FRAUD_RULE_TOPIC}", config=_COMPACTED)
    user = f"{PREFIX}-flink"
    kafka.create_user(user, acls(PREFIX))
    folder: Path = tmp_path_factory.mktemp("flink")
    found = FlinkLab(folder, PREFIX, kafka.connection(user), kafka.environ(user), kafka.client_settings())
    found.prepare()
    try:
        found.start()
        yield found
    finally:
        found.stop()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def reference_alerts(events: list[Activity], *documents: RuleDocument) -> list[FraudAlert]:
    detector = ReferenceDetector(documents) if documents else ReferenceDetector()
    return list(chain.from_iterable(detector.evaluate(event) for event in events))


def comparable(alerts: list[FraudAlert]) -> list[FraudAlert]:
    """In one order, without the detector's clock."""
    return sorted(
        (alert.model_copy(update={"detection_time_ms": 0}) for alert in alerts), key=lambda alert: alert.event_id
    )


def send_in_parts(lab: FlinkLab, events: list[Activity], parts: int) -> Iterator[int]:
    """Send a part, let the caller do harm, send the next."""
    size = len(events) // parts + 1
    for part in range(parts):
        lab.send(events[part * size : (part + 1) * size])
        yield part


def test_committed_alerts_equal_the_references_through_kill_9(lab: FlinkLab, kafka: KafkaEngine) -> None:
    events = Planter(now_ms()).groups(count=10, honest_calls=20_000)
    expected = comparable(reference_alerts(events))
    assert {alert.rule for alert in expected} == set(FraudRule)
    for part in send_in_parts(lab, events, parts=4):
        if part == 0:
            lab.kill("taskmanager")
            lab.start_task_manager()
        if part == 1:
            wait_until(lambda: lab.is_running() and lab.completed_checkpoints() > 2, "checkpoints go on")
            lab.kill("jobmanager")
            lab.kill("taskmanager")
            lab.start(restore_from=lab.newest_checkpoint())
        if part == 2:
            # The job has read of this part what it could, and its alerts are in an open transaction.
            kafka.kill_broker()
    wait_until(lambda: len(lab.alerts()) >= len(expected), f"{len(expected)} alerts are committed")
    seen = lab.completed_checkpoints()
    wait_until(lambda: lab.completed_checkpoints() > seen + 2, "nothing else is about to be committed")
    assert comparable(lab.alerts()) == expected


def reports(lab: FlinkLab) -> list[RuleReport]:
    return [RuleReport.model_validate_json(value) for value in lab.read(lab.topic(FRAUD_RULE_REPORT_TOPIC))]


def calls_of(msisdn: str, count: int, first: int = 0) -> list[Activity]:
    start_ms = now_ms() - 600_000
    return [
        call(f"{msisdn}-{number}", msisdn=msisdn, imei="", event_time_ms=start_ms + number * 1000)
        for number in range(first, first + count)
    ]


def alerts_of(lab: FlinkLab, msisdn: str) -> list[FraudAlert]:
    return [alert for alert in lab.alerts() if alert.msisdn == msisdn]


def test_poison_and_wrong_clocks_are_counted_and_harm_nobody(lab: FlinkLab) -> None:
    """The partition of messages is idle all along: it must not hold back event time, nor a wrong clock push it."""
    restarts, sent_ms = lab.restarts(), now_ms()
    topic = lab.topic("call_events")
    far_future = call("future", event_time_ms=sent_ms + 10 * 3_600_000).model_dump_json().encode()
    poison = [b"", b"not json", b"[1]", b'{"event_id":"x"}', b'{"event_id":{"a":[1]},"msisdn":7}', b"\xff\xfe", None]
    lab.send_records((topic, b"poison", value) for value in [*poison, far_future])
    lab.send(calls_of("12069990001", 26))
    wait_until(lambda: alerts_of(lab, "12069990001"), "the job still finds what comes after poison")
    wait_until(lambda: sum(poison_counts(lab).values()) == len(poison) + 1, "every poison record is counted")
    assert poison_counts(lab) == {"malformed_json": 5, "missing_field": 1, "invalid_value": 1, "clock_skew": 1}
    lab.send([call("now", msisdn="12069990009", event_time_ms=sent_ms)])
    behind_ms = lab.settings().max_out_of_orderness_seconds * 1000
    wait_until(lambda: lab.event_time_ms() >= sent_ms - behind_ms - 1, "event time goes on")
    assert lab.event_time_ms() < now_ms()
    lab.send([call("late", msisdn="12069990009", event_time_ms=sent_ms - 2 * behind_ms)])
    wait_until(lambda: sum(lab.metrics("rules", "late_events").values()) > 0, "a late event is counted")
    assert lab.restarts() == restarts


def poison_counts(lab: FlinkLab) -> dict[str, float]:
    """By reason, those that occurred."""
    counts = lab.metrics("events", "poison_records")
    return {name.split(".")[-2]: count for name, count in counts.items() if count}


def test_a_rule_changes_while_the_job_runs_and_a_bad_change_is_refused(lab: FlinkLab) -> None:
    topic = lab.topic(FRAUD_RULE_TOPIC)
    strict = RuleDocument(
        rule=FraudRule.CALL_VELOCITY, version=2, parameters=CallVelocityParameters(max_calls=3, cooldown_seconds=60)
    )
    off = RuleDocument(rule=FraudRule.CALL_VELOCITY, version=1, enabled=False, parameters=CallVelocityParameters())
    key, value = strict.to_record()
    lab.send_records(
        [
            (topic, b"broken", b"{"),
            (topic, b"moon_phase", b'{"rule":"moon_phase","version":1}'),
            (topic, key, value),
            (topic, key, value.replace(b'"max_calls":3', b'"max_calls":0').replace(b":2,", b":3,")),
            (topic, *off.to_record()),
            (topic, key, value),
        ]
    )
    wait_until(lambda: len(reports(lab)) == 6, "every document is reported")
    assert [report.reason for report in reports(lab)] == [
        RefusalReason.UNPARSABLE,
        RefusalReason.UNKNOWN_RULE,
        None,
        RefusalReason.INVALID,
        RefusalReason.STALE_VERSION,
        None,
    ]
    events = calls_of("12069990002", 4)
    lab.send(events)
    wait_until(lambda: alerts_of(lab, "12069990002"), "the new threshold finds four calls")
    assert comparable(alerts_of(lab, "12069990002")) == comparable(reference_alerts(events, strict))


def test_a_velocity_window_and_the_rules_outlive_an_upgrade_with_savepoint(lab: FlinkLab) -> None:
    document = RuleDocument(rule=FraudRule.CALL_VELOCITY, version=10, parameters=CallVelocityParameters(max_calls=9))
    before = len(reports(lab))
    lab.send_records([(lab.topic(FRAUD_RULE_TOPIC), *document.to_record())])
    wait_until(lambda: len(reports(lab)) > before, "the rule is taken")
    first, second = calls_of("12069990003", 5), calls_of("12069990003", 5, first=5)
    lab.send(first)
    savepoint = lab.stop_with_savepoint()
    assert not alerts_of(lab, "12069990003")
    lab.start(restore_from=savepoint)
    lab.send(second)
    wait_until(lambda: alerts_of(lab, "12069990003"), "the window that spans the upgrade fires")
    (alert,) = alerts_of(lab, "12069990003")
    assert (alert.rule_version, len(alert.evidence_event_ids)) == (10, 10)
