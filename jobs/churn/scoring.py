"""From published features to scores of consenting customers."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.churn.features import CUSTOMER, DATE, LABEL, PublishedFeatures
from jobs.churn.model import NUMBERS, ChurnModel, train
from jobs.churn.scored import ScoredCustomers
from jobs.churn.split import Outcomes, Split, split_dates


@dataclass(frozen=True)
class Scoring:
    """Scores, and which feature dates they come of."""

    scored: ScoredCustomers
    split: Split


def score_customers(features: PublishedFeatures, horizon: dt.timedelta, seed: int) -> Scoring:
    """Train and judge, and score the customers of the newest feature date.

    Raises `TooFewOutcomesError` and `BrokenFeaturesError`.
    """
    outcomes = count_outcomes(features)
    split = split_dates(outcomes, horizon)
    columns = (CUSTOMER, LABEL, *NUMBERS)
    model = train(features.batches(columns, split.trained_on), LABEL, CUSTOMER, split.learned.known, seed)
    auc = model.auc(features.batches(columns, (split.judged_on,)), LABEL)
    return Scoring(_scored(features, model, split.scored_on, auc), split)


def count_outcomes(features: PublishedFeatures) -> dict[dt.date, Outcomes]:
    """What is known of each feature date."""
    known: Counter[dt.date] = Counter()
    leavers: Counter[dt.date] = Counter()
    days: set[dt.date] = set()
    for batch in features.batches((CUSTOMER, DATE, LABEL)):
        counted = pa.Table.from_batches([batch]).group_by([DATE, LABEL]).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            day, count = row[DATE], row["count_all"]
            days.add(day)
            known[day] += count if row[LABEL] is not None else 0
            leavers[day] += count if row[LABEL] else 0
    return {day: Outcomes(known[day], leavers[day]) for day in days}


def _scored(features: PublishedFeatures, model: ChurnModel, day: dt.date, auc: float) -> ScoredCustomers:
    customers, scores = [], []
    for batch in features.batches((CUSTOMER, *NUMBERS), (day,)):
        customers.append(batch.column(CUSTOMER))
        scores.append(model.scores(batch))
    return ScoredCustomers(
        day, pa.chunked_array(customers, pa.string()), np.concatenate(scores) if scores else np.empty(0), auc
    )
