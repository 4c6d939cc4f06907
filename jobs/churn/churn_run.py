"""One run: consent first, then scores, gates, publication, and the CRM last."""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from pyiceberg.catalog import Catalog

from contracts.batch_settings import ChurnSettings
from jobs.churn.crm import consenting, customers_covered, customers_due, forget_unwilling_in_crm, update_crm
from jobs.churn.features import PublishedFeatures
from jobs.churn.publication import SCORES, forget_unwilling, publish_scores, published_scores
from jobs.churn.records import leaving_rate_published, note_run
from jobs.churn.score_gates import Measured, ScoreVerdict, age_in_days, blocking, judge
from jobs.churn.scoring import Scoring, score_customers


@dataclass(frozen=True)
class ChurnReport:
    """What a run did. `withdrawn` scores were taken back because their customers do not consent any more."""

    scoring: Scoring
    verdicts: tuple[ScoreVerdict, ...]
    withdrawn: int
    crm_rows_changed: int

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Gates that blocked: readers and the CRM keep the scores that they had."""
        return blocking(self.verdicts)


def run_churn(
    settings: ChurnSettings,
    catalog: Catalog,
    connection: Connection,
    lake: AbstractContextManager[object],
    show: Callable[[Sequence[str]], None],
    now: dt.datetime,
) -> ChurnReport:
    """Learn from and score who consents; publish the scores and hand them to the CRM if no gate blocks.

    A consent that was withdrawn takes effect first, whatever becomes of the rest: in the CRM even while another job
    holds the `lake`, within which all else happens. `show` makes the views of published tables.

    Raises `NothingPublishedError`, `TooFewOutcomesError` and `BrokenFeaturesError`.
    """

    def willing(customers: Sequence[str]) -> set[str]:
        return consenting(connection, customers)

    withdrawn = forget_unwilling_in_crm(connection)
    with lake:
        withdrawn += forget_unwilling(catalog, willing)
        horizon = dt.timedelta(days=settings.horizon_days)
        scoring = score_customers(PublishedFeatures(catalog, willing), horizon, settings.seed)
        verdicts = judge(_measured(catalog, connection, scoring, now), settings.gates)
        snapshot, changed = None, 0
        if not blocking(verdicts):
            snapshot = publish_scores(catalog, scoring.scored, now)
            show([SCORES[-1]])
            changed = update_crm(connection, scoring.scored)
        note_run(catalog, now, scoring, verdicts, snapshot)
    return ChurnReport(scoring, verdicts, withdrawn, changed)


def _measured(catalog: Catalog, connection: Connection, scoring: Scoring, now: dt.datetime) -> Measured:
    scored = scoring.scored
    return Measured(
        scores=scored.scores,
        distinct_customers=scored.distinct_customers,
        expected=customers_due(connection, scored.scored_on),
        covered=customers_covered(connection, scored),
        auc=scored.auc,
        judged=scoring.split.judged,
        scored_on=scored.scored_on,
        feature_age_days=age_in_days(scored.scored_on, now),
        before=published_scores(catalog),
        leaving_rate=scoring.split.leaving_rate,
        leaving_rate_before=leaving_rate_published(catalog),
    )
