"""Writes the simulated life into PostgreSQL, one transaction a day."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import singledispatch
from importlib.resources import files
from itertools import pairwise
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from jobs.crm_simulator.billing import (
    FIRST_ISSUE_HOUR,
    LAST_ISSUE_HOUR,
    LATEST_INVOICE_DAYS,
    Invoice,
    days_until_issued,
    invoice_of,
)
from jobs.crm_simulator.changes import Change, Churned, ConsentChanged, Deleted, Moved, PlanChanged, changes_of
from jobs.crm_simulator.population import CONSENT_PURPOSES, PLANS, Customer, account_id, customer_id, population

ONE_DAY = dt.timedelta(days=1)


def create_tables(connection: Connection) -> None:
    """Create the schemas and tables that are missing."""
    with connection, connection.cursor() as cursor:
        cursor.execute(files("jobs.crm_simulator").joinpath("schema.sql").read_text())


def populate(connection: Connection, seed: int, customer_count: int, first_day: dt.date) -> None:
    """Insert plans and subscribers as of `first_day`, once: a customer who was deleted since must not come back."""
    customers = list(population(seed, customer_count, first_day))
    at = _midnight(first_day)
    with connection, connection.cursor() as cursor:
        cursor.execute("select exists (select from crm.plans)")
        if cursor.fetchone() == (True,):
            return
        _insert(
            cursor,
            "crm.plans",
            [(p.plan_id, p.plan_name, p.monthly_fee_usd, p.included_minutes, p.included_gigabytes, at) for p in PLANS],
        )
        _insert_customers(cursor, customers)


def live_day(connection: Connection, seed: int, customer_count: int, day: dt.date, until: dt.datetime) -> bool:
    """Apply what happens on `day` before `until` and was not applied before; False if there is no such time.

    In how many pieces a day is lived makes no difference to what is in the tables after it.
    """
    with connection, connection.cursor() as cursor:
        lived_until, ends = _lived_until(cursor, day), min(_midnight(day + ONE_DAY), until.astimezone(dt.UTC))
        if lived_until >= ends:
            return False
        changes = changes_of(seed, day, customer_count)
        for begins, stops in pairwise(_moments(day, lived_until, ends)):
            _live(cursor, seed, [change for change in changes if begins <= change.at < stops], begins, stops)
        cursor.execute("update simulation.days set lived_until = %s where day = %s", (ends, day))
    return True


def _live(cursor: Cursor, seed: int, changes: Iterable[Change], begins: dt.datetime, ends: dt.datetime) -> None:
    if begins == _midnight(begins.date()):
        _mark_overdue(cursor, begins)
    # What a customer is billed at the full hour is of the state at that hour.
    _issue_invoices(cursor, seed, begins, ends)
    for change in changes:
        apply_change(change, cursor)
    _receive_payments(cursor, ends)


def _moments(day: dt.date, begins: dt.datetime, ends: dt.datetime) -> list[dt.datetime]:
    """`begins`, `ends`, and the hours between at which invoices go out."""
    hours = range(FIRST_ISSUE_HOUR, LAST_ISSUE_HOUR + 1) if _has_invoices(day) else range(0)
    cuts = (_midnight(day) + dt.timedelta(hours=hour) for hour in hours)
    return [begins, *(cut for cut in cuts if begins < cut < ends), ends]


def _has_invoices(day: dt.date) -> bool:
    return day.day <= 1 + LATEST_INVOICE_DAYS


def _lived_until(cursor: Cursor, day: dt.date) -> dt.datetime:
    midnight = _midnight(day)
    cursor.execute("insert into simulation.days values (%s, %s) on conflict do nothing", (day, midnight))
    cursor.execute("select lived_until from simulation.days where day = %s for update", (day,))
    row = cursor.fetchone()
    # A day without a moment is of the time when days were lived as a whole.
    return row[0].astimezone(dt.UTC) if row and row[0] else midnight + ONE_DAY


@singledispatch
def apply_change(change: Change, cursor: Cursor) -> None:
    """Write one change; a subscriber who has left is left alone."""
    raise NotImplementedError(f"no way to write a {type(change).__name__}")


@apply_change.register
def _(change: Moved, cursor: Cursor) -> None:
    address = change.address
    cursor.execute(
        "update crm.customers set address_line = %s, city = %s, region = %s, postal_code = %s, updated_at = %s"
        " where customer_id = %s",
        (
            address.address_line,
            address.city,
            address.region,
            address.postal_code,
            change.at,
            customer_id(change.subscriber),
        ),
    )


@apply_change.register
def _(change: PlanChanged, cursor: Cursor) -> None:
    cursor.execute(
        "update crm.accounts set plan_id = %s, updated_at = %s where account_id = %s and status <> 'closed'",
        (change.plan_id, change.at, account_id(change.subscriber)),
    )


@apply_change.register
def _(change: ConsentChanged, cursor: Cursor) -> None:
    cursor.execute(
        "update crm.consents set is_granted = %s, updated_at = %s where customer_id = %s and purpose = %s",
        (change.is_granted, change.at, customer_id(change.subscriber), change.purpose),
    )


@apply_change.register
def _(change: Churned, cursor: Cursor) -> None:
    cursor.execute(
        "update crm.accounts set status = 'closed', closed_at = %s, updated_at = %s"
        " where account_id = %s and status <> 'closed'",
        (change.at, change.at, account_id(change.subscriber)),
    )


@apply_change.register
def _(change: Deleted, cursor: Cursor) -> None:
    cursor.execute("delete from crm.customers where customer_id = %s", (customer_id(change.subscriber),))
    if cursor.rowcount:
        _insert_customers(cursor, [change.successor])
        # The number is theirs from now on, however long they are here.
        moved = (change.at, change.successor.customer_id)
        cursor.execute("update crm.customers set updated_at = %s where customer_id = %s", moved)


def _issue_invoices(cursor: Cursor, seed: int, since: dt.datetime, until: dt.datetime) -> None:
    day = since.date()
    if not _has_invoices(day):
        return
    month = day.replace(day=1)
    cursor.execute(
        "select right(account_id, 8)::int, plan_id from crm.accounts where status <> 'closed' and opened_at < %s"
        " order by account_id",
        (_midnight(month),),
    )
    waited = (day - month).days
    invoices = (
        invoice_of(seed, month, subscriber, plan_id)
        for subscriber, plan_id in cursor.fetchall()
        if days_until_issued(seed, month, subscriber) == waited
    )
    issued = [invoice for invoice in invoices if since <= invoice.issued_at < until]
    _insert(cursor, "billing.invoices", [_invoice_row(invoice) for invoice in issued])
    _insert(cursor, "billing.invoice_lines", [row for invoice in issued for row in _line_rows(invoice)])
    planned = [(invoice.invoice_id, invoice.payment.method, invoice.payment.paid_at) for invoice in issued]
    _insert(cursor, "simulation.planned_payments", planned)


def _receive_payments(cursor: Cursor, until: dt.datetime) -> None:
    cursor.execute(
        "with due as"
        " (delete from simulation.planned_payments where paid_at < %s returning invoice_id, method, paid_at),"
        " paid as (update billing.invoices i set status = 'paid', updated_at = due.paid_at from due"
        " where i.invoice_id = due.invoice_id returning i.invoice_id, i.total_usd, due.method, due.paid_at)"
        " insert into billing.payments"
        " select 'PAY-' || invoice_id, invoice_id, total_usd, method, paid_at, paid_at from paid",
        (until,),
    )


def _mark_overdue(cursor: Cursor, midnight: dt.datetime) -> None:
    cursor.execute(
        "update billing.invoices set status = 'overdue', updated_at = %s where status = 'open' and due_at < %s",
        (midnight, midnight),
    )


def _insert_customers(cursor: Cursor, customers: Sequence[Customer]) -> None:
    _insert(cursor, "crm.customers", [_customer_row(customer) for customer in customers])
    _insert(cursor, "crm.accounts", [_account_row(customer) for customer in customers])
    _insert(cursor, "crm.consents", [row for customer in customers for row in _consent_rows(customer)])


def _insert(cursor: Cursor, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    # Table names are literals of this module; values are bound.
    if rows:
        execute_values(cursor, f"insert into {table} values %s on conflict do nothing", rows, page_size=1000)  # noqa: S608


def _customer_row(customer: Customer) -> tuple[Any, ...]:
    address = customer.address
    return (
        customer.customer_id,
        customer.full_name,
        customer.email,
        customer.msisdn,
        address.address_line,
        address.city,
        address.region,
        address.postal_code,
        customer.birth_year,
        customer.segment,
        customer.created_at,
        customer.created_at,
    )


def _account_row(customer: Customer) -> tuple[Any, ...]:
    opened = customer.created_at
    return customer.account_id, customer.customer_id, customer.plan_id, "active", opened, None, opened


def _consent_rows(customer: Customer) -> list[tuple[Any, ...]]:
    return [
        (f"{customer.customer_id}-{purpose}", customer.customer_id, purpose, is_granted, customer.created_at)
        for purpose, is_granted in zip(CONSENT_PURPOSES, customer.consents, strict=True)
    ]


def _invoice_row(invoice: Invoice) -> tuple[Any, ...]:
    return (
        invoice.invoice_id,
        account_id(invoice.subscriber),
        customer_id(invoice.subscriber),
        invoice.period_start,
        invoice.issued_at,
        invoice.due_at,
        invoice.total_usd,
        "open",
        invoice.issued_at,
    )


def _line_rows(invoice: Invoice) -> list[tuple[Any, ...]]:
    return [
        (f"{invoice.invoice_id}-{n}", invoice.invoice_id, n, line.charge_type, line.amount_usd, invoice.issued_at)
        for n, line in enumerate(invoice.lines, start=1)
    ]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
