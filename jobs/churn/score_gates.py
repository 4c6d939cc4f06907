"""Whether scores may be shown: every gate is a rule on what was measured. Pure."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from contracts.batch_settings import ChurnGates
from jobs.churn.model import Floats
from jobs.churn.split import Outcomes

CHANCE = 0.5
# One-sided 95 %.
ERRORS_ABOVE_CHANCE = 1.645
DRIFT_BINS = 10
# With fewer scores on a side, the index is mostly noise: about (bins - 1) x (1/n + 1/m).
MIN_ROWS_FOR_DRIFT = 500
# A score of 0 or 1 has no odds.
SMALLEST_SHARE = 1e-9


class Outcome(StrEnum):
    """Judgement of a gate; `refused` keeps the scores from being shown."""

    PASSED = "passed"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True)
class Measured:
    """What the gates judge.

    Scores are due for `expected` customers, of whom `covered` have one. `judged` are the outcomes that the model was
    judged on. `before` are the scores shown now. `leaving_rate` is the share of customers who left in what the model
    learned from, and `leaving_rate_before` that of the model whose scores are shown.
    """

    scores: Floats
    distinct_customers: int
    expected: int
    covered: int
    auc: float
    judged: Outcomes
    scored_on: dt.date
    feature_age_days: int
    before: Floats
    leaving_rate: float
    leaving_rate_before: float | None


@dataclass(frozen=True)
class ScoreVerdict:
    """One gate's reading against its limit."""

    gate: str
    outcome: Outcome
    evidence: str


def judge(measured: Measured, limits: ChurnGates) -> tuple[ScoreVerdict, ...]:
    """The verdict of each gate."""
    return (
        _range(measured),
        _one_per_customer(measured),
        _coverage(measured, limits.min_coverage),
        _discrimination(measured, limits.min_auc),
        _drift(measured, limits.max_drift),
        _freshness(measured, limits.max_feature_age_days),
    )


def stability_index(now: Floats, before: Floats) -> float:
    """Population stability index of `now` against the deciles of `before`."""
    edges = np.unique(np.quantile(before, np.linspace(0, 1, DRIFT_BINS + 1)[1:-1]))
    shares = [np.bincount(np.searchsorted(edges, part), minlength=len(edges) + 1) / len(part) for part in (now, before)]
    # An empty bin counts as half a row, so that the logarithm exists.
    new, old = (np.maximum(share, 0.5 / len(part)) for share, part in zip(shares, (now, before), strict=True))
    return float(np.sum((new - old) * np.log(new / old)))


def standard_error(auc: float, judged: Outcomes) -> float:
    """Of an area under the ROC curve, by Hanley and McNeil (1982)."""
    leavers, stayers = judged.leavers, judged.known - judged.leavers
    of_leavers, of_stayers = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (leavers - 1) * (of_leavers - auc**2) + (stayers - 1) * (of_stayers - auc**2)
    return math.sqrt(variance / (leavers * stayers))


def _range(measured: Measured) -> ScoreVerdict:
    scores = measured.scores
    outside = int(np.count_nonzero(~(np.isfinite(scores) & (scores >= 0) & (scores <= 1))))
    return _verdict("range", outside == 0, f"{outside} of {len(scores)} scores are not numbers from 0 to 1")


def _one_per_customer(measured: Measured) -> ScoreVerdict:
    surplus = len(measured.scores) - measured.distinct_customers
    return _verdict("one_per_customer", surplus == 0, f"{surplus} scores are of customers who have another one")


def _coverage(measured: Measured, least: float) -> ScoreVerdict:
    share = measured.covered / measured.expected if measured.expected else 0.0
    evidence = (
        f"{measured.covered} of the {measured.expected} customers who have had an open account, and consent, since "
        f"before {measured.scored_on} have a score ({share:.3f}, least {least})"
    )
    return _verdict("coverage", share >= least, evidence)


def _discrimination(measured: Measured, least: float) -> ScoreVerdict:
    # Written so that a NaN does not pass.
    if not measured.auc >= least:
        return ScoreVerdict("discrimination", Outcome.REFUSED, f"AUC {measured.auc:.3f}, least {least}")
    error = standard_error(measured.auc, measured.judged)
    is_more_than_chance = measured.auc - ERRORS_ABOVE_CHANCE * error > CHANCE
    leavers = measured.judged.leavers
    evidence = f"AUC {measured.auc:.3f}, least {least}, standard error {error:.3f} with {leavers} leavers"
    if least <= CHANCE or is_more_than_chance:
        return ScoreVerdict("discrimination", Outcome.PASSED, evidence)
    return ScoreVerdict("discrimination", Outcome.REFUSED, f"{evidence}: it may be chance")


def _drift(measured: Measured, most: float) -> ScoreVerdict:
    sizes = (len(measured.scores), len(measured.before))
    if min(sizes) < MIN_ROWS_FOR_DRIFT:
        return ScoreVerdict("drift", Outcome.PASSED, f"not judged: {sizes[0]} scores now, {sizes[1]} before")
    index = stability_index(measured.scores, measured.before)
    evidence = f"population stability index {index:.3f}, most {most}"
    if index <= most:
        return ScoreVerdict("drift", Outcome.PASSED, evidence)
    before = measured.leaving_rate_before or float(np.mean(measured.before))
    told = f"{evidence}; {before:.2%} of the customers left before and {measured.leaving_rate:.2%} now"
    unexplained = stability_index(measured.scores, _at_rate(measured.before, before, measured.leaving_rate))
    if unexplained <= most:
        return ScoreVerdict("drift", Outcome.WARNED, f"{told}, which explains all but {unexplained:.3f}")
    advice = "if the features are right, raise spec.transform.churn.maxDrift for one run"
    return ScoreVerdict("drift", Outcome.REFUSED, f"{told}, which leaves {unexplained:.3f}: {advice}")


def _at_rate(scores: Floats, before: float, now: float) -> Floats:
    """The same scores if as many customers left as do now: a model that is trained again moves all odds alike."""
    clipped = np.clip(scores, SMALLEST_SHARE, 1 - SMALLEST_SHARE)
    odds = _log_odds(clipped) + _log_odds(np.float64(now)) - _log_odds(np.float64(before))
    moved: Floats = 1 / (1 + np.exp(-odds))
    return moved


def _log_odds(share: Floats | np.float64) -> Any:
    return np.log(share / (1 - share))


def _freshness(measured: Measured, most: int) -> ScoreVerdict:
    days = measured.feature_age_days
    return _verdict("freshness", days <= most, f"published features are {days} days old, most {most}")


def _verdict(gate: str, is_good: bool, evidence: str) -> ScoreVerdict:
    return ScoreVerdict(gate, Outcome.PASSED if is_good else Outcome.REFUSED, evidence)


def blocking(verdicts: Sequence[ScoreVerdict]) -> tuple[str, ...]:
    """Names of the gates that refuse the scores."""
    return tuple(verdict.gate for verdict in verdicts if verdict.outcome is Outcome.REFUSED)


def age_in_days(scored_on: dt.date, now: dt.datetime) -> int:
    """Days since the features' date."""
    return (now.date() - scored_on).days
