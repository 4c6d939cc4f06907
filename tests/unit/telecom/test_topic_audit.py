from contracts.ledger import EventCounts, TopicBalance
from telecom.audit.ledger_audit import TopicAudit


def audited(
    produced: int, bronze: int, dead_letters: int, in_kafka: int | None = None, repeated_rows: int = 0
) -> TopicAudit:
    balance = TopicBalance("call_events", produced, bronze, dead_letters)
    in_kafka = produced if in_kafka is None else in_kafka
    return TopicAudit(balance, EventCounts(produced=produced), in_kafka, repeated_rows)


def test_a_topic_balances_when_every_record_is_in_bronze_or_a_dead_letter() -> None:
    assert audited(produced=100, bronze=97, dead_letters=3).is_balanced


def test_a_lost_record_does_not_balance() -> None:
    assert not audited(produced=100, bronze=96, dead_letters=3).is_balanced


def test_a_lost_and_a_repeated_record_do_not_cancel_out() -> None:
    assert not audited(produced=100, bronze=97, dead_letters=3, repeated_rows=1).is_balanced


def test_a_broker_that_lost_acknowledged_records_is_noticed() -> None:
    assert not audited(produced=100, bronze=97, dead_letters=3, in_kafka=99).is_balanced


def test_a_killed_producer_that_sent_more_than_its_ledger_says_is_noticed() -> None:
    topic = audited(produced=100, bronze=104, dead_letters=0, in_kafka=104)
    assert not topic.is_balanced
    assert topic.balance.missing == -4


def test_markers_of_transactions_are_not_records() -> None:
    assert audited(produced=100, bronze=100, dead_letters=0, in_kafka=102).is_balanced
