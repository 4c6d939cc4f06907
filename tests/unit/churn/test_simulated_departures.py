"""The simulated carrier gives its customers a cause to leave, and the model finds it in what was known before."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from contracts.batch_settings import ChurnGates
from jobs.churn.features import CUSTOMER, DATE, LABEL
from jobs.churn.model import NUMBERS, Floats, train
from jobs.churn.split import Outcomes, split_dates
from jobs.crm_simulator.billing import DUE_AFTER_DAYS, Invoice, days_until_issued, invoice_of
from jobs.crm_simulator.changes import Churned, changes_of
from local.services.crm import HISTORY_DAYS

SEED, CUSTOMERS = 42, 4000
HORIZON_DAYS = 30
TODAY = dt.date(2026, 11, 27)
LONGEST_MONTH_DAYS = 31
# Days back of the grid of feature dates where it lies worst: tomorrow is on it.
OLDEST_GRID_DATES = tuple(HORIZON_DAYS * step - 1 for step in (1, 2, 3, 4))


def departures() -> dict[int, dt.date]:
    days = (TODAY - dt.timedelta(days=back) for back in range(HISTORY_DAYS, -1, -1))
    left: dict[int, dt.date] = {}
    for day in days:
        for change in changes_of(SEED, day, CUSTOMERS):
            if isinstance(change, Churned):
                left.setdefault(change.subscriber, day)
    return left


def invoices(subscriber: int) -> Iterator[Invoice]:
    first = TODAY - dt.timedelta(days=HISTORY_DAYS)
    for month in (dt.date(2026, number, 1) for number in range(1, 12)):
        if month + dt.timedelta(days=days_until_issued(SEED, month, subscriber)) >= first:
            yield invoice_of(SEED, month, subscriber, "PLAN-M")


def rows(history_days: int = HISTORY_DAYS) -> Iterator[dict[str, object]]:
    """Features that come of billing, as customer_churn_features has them; the others are constant."""
    left, billed = departures(), {subscriber: list(invoices(subscriber)) for subscriber in range(CUSTOMERS)}
    first = dt.datetime.combine(TODAY - dt.timedelta(days=history_days), dt.time(), dt.UTC)
    for back in (*OLDEST_GRID_DATES, 0):
        day = TODAY - dt.timedelta(days=back)
        as_of = dt.datetime.combine(day, dt.time(), dt.UTC)
        for subscriber in range(CUSTOMERS if as_of > first else 0):
            gone = left.get(subscriber, dt.date.max)
            due = [invoice for invoice in billed[subscriber] if invoice.issued_at >= first and invoice.due_at < as_of]
            if gone > day:
                known = dict.fromkeys(NUMBERS, 0) | {
                    "invoices_paid_late": sum(invoice.payment.paid_at > invoice.due_at for invoice in due),
                    "invoices_overdue": sum(invoice.payment.paid_at >= as_of for invoice in due),
                }
                label = gone < day + dt.timedelta(days=HORIZON_DAYS) if back >= HORIZON_DAYS else None
                yield {DATE: day, CUSTOMER: str(subscriber), LABEL: label, **known}


@dataclass(frozen=True)
class Churn:
    """What the model makes of the simulated past."""

    scores: Floats
    auc: float


def churn_of(history_days: int = HISTORY_DAYS) -> Churn:
    table = pa.Table.from_pylist(list(rows(history_days)))
    leavers = Counter(row[DATE] for row in table.select([DATE, LABEL]).to_pylist() if row[LABEL])
    days = sorted(set(table.column(DATE).to_pylist()))
    known_until = TODAY - dt.timedelta(days=HORIZON_DAYS)
    outcomes = {day: Outcomes(CUSTOMERS if day <= known_until else 0, leavers[day]) for day in days}
    split = split_dates(outcomes, dt.timedelta(days=HORIZON_DAYS))
    model = train(of_dates(table, split.trained_on), LABEL, CUSTOMER, table.num_rows, seed=0)
    (today,) = of_dates(table, [split.scored_on])
    return Churn(model.scores(today), model.auc(of_dates(table, [split.judged_on]), LABEL))


def of_dates(table: pa.Table, days: Sequence[dt.date]) -> list[pa.RecordBatch]:
    return table.filter(pc.is_in(table.column(DATE), value_set=pa.array(days))).combine_chunks().to_batches()


@pytest.fixture(scope="module")
def churn() -> Churn:
    return churn_of()


def test_departures_are_foreseen_on_a_date_that_the_model_has_not_seen(churn: Churn) -> None:
    assert churn.auc > 0.65


def test_the_most_likely_to_leave_stand_out(churn: Churn) -> None:
    highest = np.sort(churn.scores)[::-1][:10]
    assert highest[-1] > 5 * np.median(churn.scores)
    assert len(np.unique(churn.scores.round(3))) > 3


def test_before_the_last_date_that_is_learned_from_invoices_have_fallen_due() -> None:
    judged, learned = [back for back in OLDEST_GRID_DATES if back >= HORIZON_DAYS][:2]
    assert judged < learned <= HISTORY_DAYS - LONGEST_MONTH_DAYS - DUE_AFTER_DAYS


def test_without_a_due_invoice_before_that_date_nothing_could_be_learned() -> None:
    assert churn_of(history_days=105).auc < ChurnGates().min_auc
