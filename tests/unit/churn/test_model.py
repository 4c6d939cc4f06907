import numpy as np
import pyarrow as pa
import pytest

from jobs.churn.model import NUMBERS, BrokenFeaturesError, segments, train


def features(count: int, seed: int = 3, label_from_lateness: bool = True) -> pa.RecordBatch:
    random = np.random.default_rng(seed)
    late = random.integers(0, 6, count)
    signal = late if label_from_lateness else random.integers(0, 6, count)
    columns = {name: random.random(count) for name in NUMBERS} | {"invoices_paid_late": late.astype(float)}
    columns |= {"churned": random.random(count) < signal / 8, "customer_id": [f"CUST-{n}" for n in range(count)]}
    return pa.RecordBatch.from_pydict({name: pa.array(values) for name, values in columns.items()})


def auc_of(label_from_lateness: bool) -> float:
    past, later = (features(600, seed, label_from_lateness) for seed in (1, 2))
    return train([past], "churned", "customer_id", 600, seed=1).auc([later], "churned")


def test_the_model_finds_a_signal_that_is_there():
    assert auc_of(label_from_lateness=True) > 0.65


def test_without_a_signal_it_does_no_better_than_chance():
    assert auc_of(label_from_lateness=False) == pytest.approx(0.5, abs=0.12)


def test_the_same_seed_gives_the_same_scores_however_the_rows_are_cut():
    batch = features(300)
    whole, cut = (
        train(part, "churned", "customer_id", 300, seed=5) for part in ([batch], [batch.slice(0, 99), batch.slice(99)])
    )
    np.testing.assert_allclose(whole.scores(batch), cut.scores(batch))


def test_of_more_rows_than_fit_it_learns_from_a_sample_of_customers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jobs.churn.model.MAX_TRAINING_ROWS", 300)
    rows = features(3000)
    sampled = train([rows], "churned", "customer_id", 3000, seed=1)
    seen = int(sampled.pipeline[0].n_samples_seen_)
    assert 200 < seen < 400
    assert sampled.auc([features(600, seed=2)], "churned") > 0.65


def test_a_feature_that_is_no_number_is_named():
    rows = features(50)
    broken = rows.set_column(rows.schema.get_field_index("tenure_days"), "tenure_days", pa.nulls(50, pa.float64()))
    with pytest.raises(BrokenFeaturesError, match="tenure_days"):
        train([broken], "churned", "customer_id", 50, seed=1)


def test_rows_without_an_outcome_are_not_learned_from():
    rows = features(400)
    unknown = features(400, seed=9).set_column(
        rows.schema.get_field_index("churned"), "churned", pa.nulls(400, pa.bool_())
    )
    assert train([rows, unknown], "churned", "customer_id", 400, seed=1).pipeline[0].n_samples_seen_ == 400


def test_segments_follow_the_rank_of_the_score():
    scores = np.linspace(0, 1, 300)
    named = segments(scores)
    assert named.count("at_risk") == 30
    assert named[-1] == "at_risk"
    assert named[0] == "loyal"
