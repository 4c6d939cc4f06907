"""Trains and judges the churn model. Pure: features in, scores out.

The split is by time: the model learns from earlier feature dates and is judged on the newest whose outcome is known.
With a random split it would also learn from later months of the customers that it is judged on.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = (
    "monthly_fee_usd",
    "tenure_days",
    "change_count",
    "calls_recent",
    "calls_before",
    "data_bytes_recent",
    "dropped_calls",
    "invoice_count",
    "invoices_paid_late",
    "invoices_overdue",
    "mean_invoice_usd",
)
DATE, CUSTOMER, LABEL = "feature_date", "customer_id", "churned"
MIN_LEAVERS = 10
# Where each segment ends, as a share of the customers, the most likely to leave first.
SEGMENTS = ((0.1, "at_risk"), (0.3, "watch"), (1.0, "loyal"))

Floats = npt.NDArray[np.float64]


class TooFewOutcomesError(Exception):
    """There are too few known departures, or too few feature dates, to learn from and to judge by."""


@dataclass(frozen=True)
class Churn:
    """Scores of today's customers, and how well the model did on a past that it had not seen."""

    scored_on: dt.date
    customer_ids: tuple[str, ...]
    scores: Floats
    auc: float
    trained_on: tuple[dt.date, ...]
    judged_on: dt.date

    @property
    def segments(self) -> list[str]:
        """Segment of every customer by rank of the score."""
        rank = np.empty(len(self.scores))
        rank[np.argsort(-self.scores, kind="stable")] = (np.arange(len(self.scores)) + 1) / max(1, len(self.scores))
        return [next(name for limit, name in SEGMENTS if share <= limit) for share in rank]


def score_customers(features: pa.Table, seed: int) -> Churn:
    """Train on the dates with a known outcome except the newest, judge on that one, score the newest date of all.

    `features` has the columns of gold.customer_churn_features. Raises `TooFewOutcomesError`.
    """
    known = features.filter(pc.is_valid(features.column(LABEL)))
    dates = sorted(set(known.column(DATE).to_pylist()))
    if len(dates) < 2:
        raise TooFewOutcomesError(
            f"outcomes are known for {len(dates)} feature dates, at least 2 are needed (one to learn, one to judge); "
            "more history in the CRM gives more."
        )
    training, test = _of_dates(known, dates[:-1]), _of_dates(known, dates[-1:])
    _require_leavers(training, test)
    # Linear on purpose: a call centre can be told which feature accounts for a score.
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=seed))
    model.fit(_matrix(training), _labels(training))
    newest = max(features.column(DATE).to_pylist())
    today = _of_dates(features, [newest])
    return Churn(
        scored_on=newest,
        customer_ids=tuple(today.column(CUSTOMER).to_pylist()),
        scores=model.predict_proba(_matrix(today))[:, 1],
        auc=float(roc_auc_score(_labels(test), model.predict_proba(_matrix(test))[:, 1])),
        trained_on=tuple(dates[:-1]),
        judged_on=dates[-1],
    )


def _of_dates(features: pa.Table, dates: list[dt.date]) -> pa.Table:
    return features.filter(pc.is_in(features.column(DATE), value_set=pa.array(dates, features.schema.field(DATE).type)))


def _require_leavers(*parts: pa.Table) -> None:
    fewest = min(int(_labels(part).sum()) for part in parts)
    if fewest < MIN_LEAVERS:
        raise TooFewOutcomesError(f"only {fewest} customers left in one part of the data, {MIN_LEAVERS} are needed.")


def _matrix(features: pa.Table) -> Floats:
    return np.column_stack(
        [features.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in NUMBERS]
    )


def _labels(features: pa.Table) -> npt.NDArray[np.bool_]:
    labels: npt.NDArray[np.bool_] = features.column(LABEL).to_numpy(zero_copy_only=False).astype(bool)
    return labels
