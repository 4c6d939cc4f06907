"""`python -m jobs.churn --settings FILE`: score today's customers, write the scores to gold and to the CRM."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import ChurnSettings
from jobs.churn.model import score_customers
from jobs.churn.serving import load_features, upsert_into_crm, write_scores
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.postgres import PostgresCredentialsError, connect
from jobs.runtime.settings import load_settings

COMPONENT = "churn"


def main(settings: Annotated[Path, typer.Option(help="JSON file of ChurnSettings")]) -> None:
    """Train, judge and score. Prints the AUC on the newest known outcome, which the model had not seen."""
    configure_logs(COMPONENT)
    with fatal_in_one_line(PostgresCredentialsError):
        loaded = load_settings(ChurnSettings, settings)
        catalog = open_catalog(loaded.catalog, loaded.s3, os.environ)
        churn = score_customers(load_features(catalog), loaded.seed)
        write_scores(catalog, churn, dt.datetime.now(dt.UTC))
        connection = connect(loaded.database, os.environ)
        changed = upsert_into_crm(connection, churn)
        connection.close()
        summary = {"auc": round(churn.auc, 4), "customers": len(churn.customer_ids), "crm_rows_changed": changed}
        typer.echo(json.dumps(summary | {"judged_on": str(churn.judged_on), "scored_on": str(churn.scored_on)}))


if __name__ == "__main__":
    typer.run(main)
