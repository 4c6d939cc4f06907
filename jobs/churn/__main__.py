"""`python -m jobs.churn --settings FILE`: score today's customers, publish the scores, hand them to the CRM."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import structlog
import typer

from contracts.batch_settings import ChurnSettings
from jobs.churn.churn_run import ChurnReport, run_churn
from jobs.churn.features import NothingPublishedError
from jobs.churn.model import BrokenFeaturesError
from jobs.churn.score_gates import Outcome
from jobs.churn.split import TooFewOutcomesError
from jobs.runtime.commit_errors import COMMIT_ERRORS
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.postgres import PostgresCredentialsError, connect
from jobs.runtime.publication import refresh_views
from jobs.runtime.published_tags import SnapshotGoneError
from jobs.runtime.settings import load_settings
from jobs.runtime.trino import TrinoSql

COMPONENT = "churn"
# As of the nightly run: it worked, but what it made is not shown.
EXIT_REFUSED = 3
NAMED_ERRORS = (
    *(BrokenFeaturesError, NothingPublishedError, PostgresCredentialsError, TooFewOutcomesError),
    *(LakeBusyError, SnapshotGoneError, *COMMIT_ERRORS),
)

log = structlog.get_logger()


def main(settings: Annotated[Path, typer.Option(help="JSON file of ChurnSettings")]) -> None:
    """Train, judge, score, publish. Prints what was measured; exits with 3 if a gate refuses the scores."""
    configure_logs(COMPONENT)
    with fatal_in_one_line(*NAMED_ERRORS):
        loaded = load_settings(ChurnSettings, settings)
        catalog = open_catalog(loaded.catalog, loaded.s3, os.environ)

        def show(tables: Sequence[str]) -> None:
            with closing(TrinoSql(loaded.trino, os.environ)) as sql:
                refresh_views(catalog, sql, tables)

        with closing(connect(loaded.database, os.environ)) as connection:
            lake = changing_lake(catalog, "churn scores")
            report = run_churn(loaded, catalog, connection, lake, show, dt.datetime.now(dt.UTC))
    typer.echo(json.dumps(summary_of(report)))
    for verdict in report.verdicts:
        if verdict.outcome is Outcome.REFUSED:
            log.error("scores refused", gate=verdict.gate, evidence=verdict.evidence)
        elif verdict.outcome is Outcome.WARNED:
            log.warning("scores shown all the same", gate=verdict.gate, evidence=verdict.evidence)
    if report.refused_by:
        raise typer.Exit(EXIT_REFUSED)


def summary_of(report: ChurnReport) -> dict[str, object]:
    """The part of a report that people and tools read."""
    scored, split = report.scoring.scored, report.scoring.split
    return {
        "auc": round(scored.auc, 4),
        "customers": len(scored.scores),
        "withdrawn": report.withdrawn,
        "crm_rows_changed": report.crm_rows_changed,
        "refused_by": list(report.refused_by),
        "judged_on": str(split.judged_on),
        "scored_on": str(scored.scored_on),
    }


if __name__ == "__main__":
    typer.run(main)
