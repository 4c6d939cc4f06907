"""The freezer freezes each account once per alert, says so, and lets a person undo it; on real Kafka and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from engines import KafkaEngine, wait_until
from freezer_lab import WAIT_SECONDS, FreezerLab, alert_of

from contracts import dead_letters, metric_names
from contracts.events import FraudRule
from contracts.topics import dead_letter_topic
from local.services.postgres import Postgres

pytestmark = pytest.mark.engine


@pytest.fixture
def empty_lab(kafka: KafkaEngine, postgres: Postgres, unique_name: str, tmp_path: Path) -> Iterator[FreezerLab]:
    lab = FreezerLab(kafka, postgres, unique_name, tmp_path)
    yield lab
    lab.tear_down()


@pytest.fixture
def lab(empty_lab: FreezerLab) -> FreezerLab:
    empty_lab.set_up()
    return empty_lab


def test_an_alert_freezes_its_account_with_an_audit_row_and_an_event(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    lab.send(alert_of("a1", subscriber))
    freezer = lab.start()
    lab.wait_until_acknowledged(1)
    assert lab.status(subscriber) == "frozen"
    assert lab.audit() == [("a1", "freeze", "policy")]
    (event,) = lab.events()
    assert (event["alert_id"], event["action"], event["status_before"]) == ("a1", "freeze", "active")
    assert freezer.is_ready()
    assert f'{metric_names.FREEZER_DECISIONS}{{action="freeze",reason="policy",rule="call_velocity"}} 1.0' in (
        freezer.metrics()
    )
    assert freezer.stop() == 0


@pytest.mark.parametrize(
    "place", ["before_database_commit", "after_database_commit", "after_publish", "before_offset_commit"]
)
def test_killed_anywhere_an_alert_freezes_once_and_is_told_under_one_id(place: str, lab: FreezerLab) -> None:
    first, second = lab.msisdn(0), lab.msisdn(1)
    lab.send(alert_of("a1", first), alert_of("a2", second))
    assert lab.start(fail_point=place).exit_code() == -9
    lab.start()
    lab.wait_until_acknowledged(2)
    assert (lab.status(first), lab.status(second)) == ("frozen", "frozen")
    assert lab.audit() == [("a1", "freeze", "policy"), ("a2", "freeze", "policy")]
    ids_by_alert = {(event["alert_id"], event["event_id"]) for event in lab.events()}
    assert len(ids_by_alert) == 2
    assert {alert for alert, _ in ids_by_alert} == {"a1", "a2"}


def test_an_alert_delivered_twice_is_answered_once_even_under_another_policy(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    lab.policy = {"is_dry_run": True}
    lab.send(alert_of("a1", subscriber))
    freezer = lab.start()
    lab.wait_until_acknowledged(1)
    assert freezer.stop() == 0
    assert lab.status(subscriber) == "active"
    lab.policy = {}
    lab.send(alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(2)
    assert lab.audit() == [("a1", "keep", "dry_run")]
    assert lab.status(subscriber) == "active"


def test_a_record_that_is_no_alert_goes_to_the_dead_letters_and_stops_nothing(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    poison = alert_of("a0", subscriber).model_dump_json().replace("call_velocity", "no_such_rule").encode()
    lab.send(b"{broken", poison, alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(3)
    letters = lab.read(dead_letter_topic(lab.name))
    assert [letter.value() for letter in letters] == [b"{broken", poison]
    assert [letter.key() for letter in letters] == [dead_letters.dead_letter_key(lab.name, 0, n) for n in (0, 1)]
    reasons = [dict(letter.headers() or [])[dead_letters.REASON_HEADER] for letter in letters]
    assert reasons == [b"unparseable", b"out_of_range"]
    assert lab.audit() == [("a1", "freeze", "policy")]


def test_an_alert_whose_transaction_was_aborted_freezes_nobody(lab: FreezerLab) -> None:
    aborted, committed = lab.msisdn(0), lab.msisdn(1)
    producer = Producer(lab.kafka.client_settings() | {"transactional.id": lab.name})
    producer.init_transactions(30)
    for subscriber, finish in ((aborted, producer.abort_transaction), (committed, producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(lab.name, alert_of(f"alert-{subscriber}", subscriber).model_dump_json().encode())
        producer.flush(30)
        finish(30)
    lab.start()
    wait_until(lambda: lab.audit() != [], "the committed alert is answered", WAIT_SECONDS)
    assert lab.status(committed) == "frozen"
    assert lab.audit() == [(f"alert-{committed}", "freeze", "policy")]
    assert lab.status(aborted) == "active"


def test_an_analyst_unfreezes_and_the_wrong_rule_leaves_the_subscriber_alone(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    lab.query("update crm.accounts set status = 'suspended'")
    lab.policy = {"cooldown_seconds": 0}
    lab.send(alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(1)

    done = lab.unfreeze("--msisdn", subscriber, "--reason", "it was a call centre", "--false-positive", "a1")
    assert done.returncode == 0, done.stderr
    assert lab.status(subscriber) == "suspended"
    wait_until(lambda: len(lab.events()) == 3, "the freezer publishes what the analyst did", WAIT_SECONDS)
    assert {event["action"] for event in lab.events()} == {"freeze", "unfreeze", "false_positive"}
    assert {event["note"] for event in lab.events()} == {None, "it was a call centre"}

    lab.send(alert_of("a2", subscriber), alert_of("a3", subscriber, rule=FraudRule.IRSF))
    lab.wait_until_acknowledged(3)
    assert lab.audit()[-2:] == [("a2", "keep", "false_positive_cooldown"), ("a3", "freeze", "policy")]
    assert lab.status(subscriber) == "frozen"


def test_after_an_unfreeze_alerts_wait_for_the_cooldown(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    lab.send(alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(1)
    assert lab.unfreeze("--msisdn", subscriber, "--reason", "identified at the shop").returncode == 0
    lab.send(alert_of("a2", subscriber, rule=FraudRule.IRSF))
    lab.wait_until_acknowledged(2)
    assert lab.audit()[-1] == ("a2", "keep", "cooldown")
    assert lab.status(subscriber) == "active"


def test_unfreezing_says_what_is_wrong_and_changes_nothing(lab: FreezerLab) -> None:
    subscriber, other = lab.msisdn(0), lab.msisdn(1)
    lab.send(alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(1)
    before = lab.audit()
    for arguments, words in (
        (("--msisdn", other), "is not frozen"),
        (("--msisdn", "999"), "no account"),
        (("--msisdn", subscriber, "--false-positive", "no-alert"), "was answered here"),
        (("--msisdn", other, "--false-positive", "a1"), "another subscriber"),
    ):
        refused = lab.unfreeze(*arguments, "--reason", "why not")
        assert refused.returncode == 1
        assert words in refused.stderr
    assert lab.audit() == before
    assert lab.status(subscriber) == "frozen"


def test_marking_a_false_positive_twice_is_done_once(lab: FreezerLab) -> None:
    subscriber = lab.msisdn(0)
    lab.send(alert_of("a1", subscriber))
    lab.start()
    lab.wait_until_acknowledged(1)
    arguments = ("--msisdn", subscriber, "--reason", "wrong", "--false-positive", "a1")
    assert lab.unfreeze(*arguments).returncode == 0
    again = lab.unfreeze(*arguments)
    assert again.returncode == 0
    assert "nothing to do" in again.stderr
    assert [row[1] for row in lab.audit()] == ["freeze", "false_positive", "unfreeze"]


def test_without_a_crm_the_freezer_waits_and_says_that_it_is_not_ready(empty_lab: FreezerLab) -> None:
    empty_lab.set_up(with_crm=False)
    freezer = empty_lab.start()
    wait_until(lambda: "waiting" in freezer.log_file.read_text(), "it has looked for the CRM", WAIT_SECONDS)
    assert not freezer.is_ready()
    empty_lab.create_crm()
    wait_until(freezer.is_ready, "it is ready once the CRM is there", WAIT_SECONDS)
    assert freezer.stop() == 0
