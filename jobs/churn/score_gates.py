"""Whether scores may be shown: every gate is a rule on what was measured. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contracts.batch_settings import ChurnGates
from jobs.churn.model import Floats

DRIFT_BINS = 10
# With fewer scores on a side, the index is mostly noise: about (bins - 1) x (1/n + 1/m).
MIN_ROWS_FOR_DRIFT = 500


@dataclass(frozen=True)
class Measured:
    """What the gates judge. `expected` customers consent and have an open account; `before` are the scores shown."""

    scores: Floats
    distinct_customers: int
    expected: int
    auc: float
    feature_age_days: int
    before: Floats


@dataclass(frozen=True)
class ScoreVerdict:
    """One gate's reading against its limit."""

    gate: str
    passed: bool
    evidence: str


def judge(measured: Measured, limits: ChurnGates) -> tuple[ScoreVerdict, ...]:
    """The verdict of each gate; one that did not pass blocks."""
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


def _range(measured: Measured) -> ScoreVerdict:
    scores = measured.scores
    outside = int(np.count_nonzero(~(np.isfinite(scores) & (scores >= 0) & (scores <= 1))))
    return ScoreVerdict("range", outside == 0, f"{outside} of {len(scores)} scores are not numbers from 0 to 1")


def _one_per_customer(measured: Measured) -> ScoreVerdict:
    surplus = len(measured.scores) - measured.distinct_customers
    return ScoreVerdict("one_per_customer", surplus == 0, f"{surplus} scores are of customers who have another one")


def _coverage(measured: Measured, least: float) -> ScoreVerdict:
    share = measured.distinct_customers / measured.expected if measured.expected else 0.0
    evidence = f"{measured.distinct_customers} of {measured.expected} consenting customers ({share:.3f}, least {least})"
    return ScoreVerdict("coverage", share >= least, evidence)


def _discrimination(measured: Measured, least: float) -> ScoreVerdict:
    # Written so that a NaN does not pass.
    return ScoreVerdict("discrimination", measured.auc >= least, f"AUC {measured.auc:.3f}, least {least}")


def _drift(measured: Measured, most: float) -> ScoreVerdict:
    sizes = (len(measured.scores), len(measured.before))
    if min(sizes) < MIN_ROWS_FOR_DRIFT:
        return ScoreVerdict("drift", True, f"not judged: {sizes[0]} scores now, {sizes[1]} before")
    index = stability_index(measured.scores, measured.before)
    return ScoreVerdict("drift", index <= most, f"population stability index {index:.3f}, most {most}")


def _freshness(measured: Measured, most: int) -> ScoreVerdict:
    days = measured.feature_age_days
    return ScoreVerdict("freshness", days <= most, f"published features are {days} days old, most {most}")


def blocking(verdicts: Sequence[ScoreVerdict]) -> tuple[str, ...]:
    """Names of the gates that did not pass."""
    return tuple(verdict.gate for verdict in verdicts if not verdict.passed)


def age_in_days(scored_on: dt.date, now: dt.datetime) -> int:
    """Days since the features' date."""
    return (now.date() - scored_on).days
