import datetime as dt
from decimal import Decimal

from contracts.subscribers import subscriber_msisdn
from jobs.crm_simulator.billing import LATEST_INVOICE_DAYS, days_until_issued, invoice_of
from jobs.crm_simulator.changes import Churned, Deleted, Moved, changes_of
from jobs.crm_simulator.population import customer_id, dissatisfaction, population

DAY = dt.date(2026, 11, 3)
MONTH = dt.date(2026, 11, 1)


def test_the_same_seed_gives_the_same_people_and_the_same_day():
    assert list(population(7, 50, DAY)) == list(population(7, 50, DAY))
    assert changes_of(7, DAY, 5000) == changes_of(7, DAY, 5000)
    assert changes_of(7, DAY, 5000) != changes_of(8, DAY, 5000)


def test_changes_come_in_order_of_time_and_belong_to_their_day():
    changes = changes_of(7, DAY, 5000)
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    assert {change.at.date() for change in changes} == {DAY}
    assert any(isinstance(change, Moved) for change in changes)


def test_the_unhappy_leave_more_often():
    leavers = [
        change.subscriber
        for offset in range(60)
        for change in changes_of(7, DAY + dt.timedelta(days=offset), 5000)
        if isinstance(change, Churned)
    ]
    mean = sum(dissatisfaction(7, subscriber) for subscriber in leavers) / len(leavers)
    assert mean > 0.6


def test_somebody_else_takes_over_the_number_of_a_deleted_customer_whose_phone_goes_on_calling():
    deleted = [change for change in changes_of(7, DAY, 200_000) if isinstance(change, Deleted)]
    assert deleted
    for change in deleted:
        assert change.successor.msisdn == subscriber_msisdn(change.subscriber)
        assert change.successor.customer_id != customer_id(change.subscriber)
        assert change.successor.created_at < change.at - dt.timedelta(days=364)


def test_an_invoice_adds_up_and_is_paid_after_it_was_issued():
    for subscriber in range(300):
        invoice = invoice_of(7, MONTH, subscriber, "PLAN-M")
        assert invoice.total_usd == sum((line.amount_usd for line in invoice.lines), Decimal(0))
        assert invoice.payment.paid_at > invoice.issued_at


def test_some_invoices_go_out_late_and_say_so_on_the_day_they_are_asked_for():
    waits = [days_until_issued(7, MONTH, subscriber) for subscriber in range(5000)]
    assert max(waits) <= LATEST_INVOICE_DAYS
    assert 0 < sum(wait > 0 for wait in waits) < 500
    late = next(subscriber for subscriber, wait in enumerate(waits) if wait > 0)
    assert invoice_of(7, MONTH, late, "PLAN-S").issued_at.date() == MONTH + dt.timedelta(days=waits[late])
