"""One month's invoices, and what becomes of them: paid in time, paid late, overdue. Pure and seeded."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from zlib import crc32

from jobs.crm_simulator.population import PLANS, dissatisfaction

DUE_AFTER_DAYS = 14
# Most invoices go out on the first of the month; a few are late, and a watermark must not miss those.
LATE_INVOICE_SHARE = 0.03
LATEST_INVOICE_DAYS = 9
# Invoices go out on the hour, early in the day.
FIRST_ISSUE_HOUR, LAST_ISSUE_HOUR = 1, 5
ROAMING_SHARE = 0.1
# The unhappiest customers pay this share of their invoices late: a sign by which a score can foresee a departure.
LATE_PAYMENT_SHARE = 0.95
METHODS = ("card", "transfer", "direct_debit")
_FEE_BY_PLAN = {plan.plan_id: plan.monthly_fee_usd for plan in PLANS}


@dataclass(frozen=True)
class Line:
    """One charge."""

    charge_type: str
    amount_usd: Decimal


@dataclass(frozen=True)
class Payment:
    """Money received for an invoice."""

    paid_at: dt.datetime
    method: str


@dataclass(frozen=True)
class Invoice:
    """An invoice with its lines and, once `payment.paid_at` has come, its payment."""

    invoice_id: str
    subscriber: int
    period_start: dt.datetime
    issued_at: dt.datetime
    lines: tuple[Line, ...]
    payment: Payment

    @property
    def due_at(self) -> dt.datetime:
        """When payment is due."""
        return self.issued_at + dt.timedelta(days=DUE_AFTER_DAYS)

    @property
    def total_usd(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.amount_usd for line in self.lines), Decimal(0))


def days_until_issued(seed: int, month: dt.date, subscriber: int) -> int:
    """Days after the first of the month on which the invoice goes out: 0 for most. Cheap: it is asked daily."""
    draw = crc32(f"{seed}/issue/{month}/{subscriber}".encode()) / 2**32
    return 0 if draw >= LATE_INVOICE_SHARE else 1 + int(draw / LATE_INVOICE_SHARE * LATEST_INVOICE_DAYS)


def invoice_of(seed: int, month: dt.date, subscriber: int, plan_id: str) -> Invoice:
    """The invoice of `month` (its first day) for one subscriber; the same for the same arguments."""
    random = Random(f"{seed}/invoice/{month}/{subscriber}")  # noqa: S311 (a simulation)
    issued_on = month + dt.timedelta(days=days_until_issued(seed, month, subscriber))
    issued_at = dt.datetime.combine(issued_on, dt.time(hour=random.randint(FIRST_ISSUE_HOUR, LAST_ISSUE_HOUR)), dt.UTC)
    return Invoice(
        invoice_id=f"INV-{month:%Y%m}-{subscriber:08d}",
        subscriber=subscriber,
        period_start=dt.datetime.combine(month, dt.time(), dt.UTC),
        issued_at=issued_at,
        lines=_lines(random, plan_id),
        payment=Payment(issued_at + _time_to_pay(random, seed, subscriber), random.choice(METHODS)),
    )


def _lines(random: Random, plan_id: str) -> tuple[Line, ...]:
    fee = _FEE_BY_PLAN[plan_id]
    lines = [Line("plan", fee), Line("usage", _cents(random.expovariate(1 / 6)))]
    if random.random() < ROAMING_SHARE:
        lines.append(Line("roaming", _cents(random.expovariate(1 / 20))))
    if random.random() < ROAMING_SHARE:
        lines.append(Line("discount", -fee / 10))
    return tuple(lines)


def _time_to_pay(random: Random, seed: int, subscriber: int) -> dt.timedelta:
    is_late = random.random() < dissatisfaction(seed, subscriber) ** 2 * LATE_PAYMENT_SHARE
    days = random.uniform(DUE_AFTER_DAYS + 2, DUE_AFTER_DAYS + 25) if is_late else random.uniform(1, DUE_AFTER_DAYS - 1)
    return dt.timedelta(days=days)


def _cents(amount: float) -> Decimal:
    return Decimal(round(amount * 100)) / 100
