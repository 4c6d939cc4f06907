import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from jobs.churn.model import CUSTOMER, DATE, LABEL, NUMBERS, TooFewOutcomesError, score_customers

DATES = [dt.date(2026, month, 1) for month in (8, 9, 10)]


def features(count: int, label_from_lateness: bool = True) -> pa.Table:
    random = np.random.default_rng(3)
    columns: dict[str, list[object]] = {name: [] for name in (DATE, CUSTOMER, LABEL, *NUMBERS)}
    for day in DATES:
        late = random.integers(0, 6, count)
        signal = late if label_from_lateness else random.integers(0, 6, count)
        for index in range(count):
            columns[DATE].append(day)
            columns[CUSTOMER].append(f"CUST-{index}")
            # The outcome of the newest date is not known yet.
            columns[LABEL].append(None if day == DATES[-1] else bool(random.random() < signal[index] / 8))
            for name in NUMBERS:
                columns[name].append(float(late[index]) if name == "invoices_paid_late" else float(random.random()))
    return pa.table(columns)


def test_the_model_finds_a_signal_that_is_there_and_is_judged_on_a_later_date():
    churn = score_customers(features(600), seed=1)
    assert churn.auc > 0.65
    assert churn.trained_on == (DATES[0],)
    assert churn.judged_on == DATES[1]
    assert churn.scored_on == DATES[2]


def test_without_a_signal_it_does_no_better_than_chance():
    assert score_customers(features(600, label_from_lateness=False), seed=1).auc == pytest.approx(0.5, abs=0.12)


def test_the_same_seed_gives_the_same_scores():
    table = features(300)
    np.testing.assert_array_equal(score_customers(table, seed=5).scores, score_customers(table, seed=5).scores)


def test_segments_follow_the_rank_of_the_score():
    churn = score_customers(features(300), seed=1)
    assert churn.segments.count("at_risk") == 30
    worst = churn.segments[int(np.argmax(churn.scores))]
    assert worst == "at_risk"


def test_without_known_departures_it_refuses():
    with pytest.raises(TooFewOutcomesError):
        score_customers(features(5), seed=1)
