import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from contracts.batch_settings import ChurnGates
from jobs.churn.model import Floats
from jobs.churn.score_gates import (
    Measured,
    Outcome,
    ScoreVerdict,
    blocking,
    judge,
    stability_index,
    standard_error,
)
from jobs.churn.split import Outcomes

RANDOM = np.random.default_rng(11)
SOUND = Measured(
    scores=RANDOM.beta(2, 8, 2000),
    distinct_customers=2000,
    expected=2020,
    covered=2000,
    auc=0.7,
    judged=Outcomes(known=2000, leavers=100),
    scored_on=dt.date(2026, 11, 20),
    feature_age_days=1,
    before=RANDOM.beta(2, 8, 2100),
    leaving_rate=0.2,
    leaving_rate_before=0.2,
)


def verdict_of(gate: str, **changes: object) -> ScoreVerdict:
    verdicts = judge(dataclasses.replace(SOUND, **changes), ChurnGates())
    return next(verdict for verdict in verdicts if verdict.gate == gate)


def moved(scores: Floats, log_odds: float) -> Floats:
    """Scores of a model that is like the other one, and was trained while more customers left."""
    return 1 / (1 + np.exp(-np.log(scores / (1 - scores)) - log_odds))


def refused_by(**changes: object) -> tuple[str, ...]:
    return blocking(judge(dataclasses.replace(SOUND, **changes), ChurnGates()))


def test_sound_scores_pass_and_so_do_the_first_ones():
    assert refused_by() == ()
    assert refused_by(before=np.empty(0)) == ()


@pytest.mark.parametrize("planted", [math.nan, math.inf, -0.01, 1.01])
def test_a_score_that_is_no_probability_blocks(planted: float):
    assert refused_by(scores=np.append(SOUND.scores[1:], planted)) == ("range",)


def test_two_scores_of_one_customer_block():
    assert refused_by(distinct_customers=1999) == ("one_per_customer",)


def test_too_few_scored_customers_block():
    assert refused_by(expected=2200) == ("coverage",)
    assert refused_by(expected=0, covered=0) == ("coverage",)


def test_coverage_says_of_whom():
    of_whom = "2000 of the 2020 customers who have had an open account, and consent, since before 2026-11-20"
    assert verdict_of("coverage").evidence.startswith(of_whom)


def test_with_few_leavers_the_same_figure_may_be_chance():
    few = verdict_of("discrimination", auc=0.6, judged=Outcomes(known=2000, leavers=12))
    assert few.outcome is Outcome.REFUSED
    assert "with 12 leavers: it may be chance" in few.evidence
    assert verdict_of("discrimination", auc=0.6, judged=Outcomes(known=2000, leavers=100)).outcome is Outcome.PASSED


def test_the_standard_error_is_that_of_many_samples():
    """Scores of leavers and stayers are normal, a known distance apart."""
    random, judged = np.random.default_rng(3), Outcomes(known=330, leavers=30)
    labels = np.arange(330) < 30
    aucs = [roc_auc_score(labels, random.normal(labels * 0.7, 1)) for _ in range(400)]
    assert standard_error(float(np.mean(aucs)), judged) == pytest.approx(np.std(aucs), rel=0.15)


def test_a_model_near_chance_or_without_a_figure_blocks():
    assert refused_by(auc=0.52) == ("discrimination",)
    assert refused_by(auc=math.nan) == ("discrimination",)


def test_scores_that_moved_against_those_shown_before_block():
    assert refused_by(scores=np.clip(SOUND.scores + 0.2, 0, 1)) == ("drift",)


def test_a_model_that_says_the_same_of_everybody_drifts():
    assert "drift" in refused_by(scores=np.full(2000, 0.2))


def test_few_scores_are_not_judged_for_drift():
    few = dataclasses.replace(SOUND, scores=np.full(40, 0.9), distinct_customers=40, expected=40, covered=40)
    assert blocking(judge(few, ChurnGates())) == ()


def test_features_of_long_ago_block():
    assert refused_by(feature_age_days=8) == ("freshness",)


def test_limits_are_settings():
    assert blocking(judge(SOUND, ChurnGates(min_auc=0.9))) == ("discrimination",)
    assert blocking(judge(dataclasses.replace(SOUND, auc=0.52), ChurnGates(min_auc=0.5))) == ()


def test_the_same_distribution_has_an_index_near_nothing():
    assert stability_index(SOUND.scores, SOUND.scores) == 0
    assert stability_index(SOUND.scores, SOUND.before) < 0.05
