import dataclasses
import math

import numpy as np
import pytest

from contracts.batch_settings import ChurnGates
from jobs.churn.score_gates import Measured, blocking, judge, stability_index

RANDOM = np.random.default_rng(11)
SOUND = Measured(
    scores=RANDOM.beta(2, 8, 2000),
    distinct_customers=2000,
    expected=2020,
    auc=0.7,
    feature_age_days=1,
    before=RANDOM.beta(2, 8, 2100),
)


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
    assert refused_by(expected=0) == ("coverage",)


def test_a_model_near_chance_or_without_a_figure_blocks():
    assert refused_by(auc=0.52) == ("discrimination",)
    assert refused_by(auc=math.nan) == ("discrimination",)


def test_scores_that_moved_against_those_shown_before_block():
    assert refused_by(scores=np.clip(SOUND.scores + 0.2, 0, 1)) == ("drift",)


def test_a_model_that_says_the_same_of_everybody_drifts():
    assert "drift" in refused_by(scores=np.full(2000, 0.2))


def test_few_scores_are_not_judged_for_drift():
    few = dataclasses.replace(SOUND, scores=np.full(40, 0.9), distinct_customers=40, expected=40)
    assert blocking(judge(few, ChurnGates())) == ()


def test_features_of_long_ago_block():
    assert refused_by(feature_age_days=8) == ("freshness",)


def test_limits_are_settings():
    assert blocking(judge(SOUND, ChurnGates(min_auc=0.9))) == ("discrimination",)
    assert blocking(judge(dataclasses.replace(SOUND, auc=0.52), ChurnGates(min_auc=0.5))) == ()


def test_the_same_distribution_has_an_index_near_nothing():
    assert stability_index(SOUND.scores, SOUND.scores) == 0
    assert stability_index(SOUND.scores, SOUND.before) < 0.05
