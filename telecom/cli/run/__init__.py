"""`telecom run`: the batch jobs of a pipeline on this machine."""

import typer

from telecom.cli.run.churn import churn
from telecom.cli.run.ingest import ingest
from telecom.cli.run.nightly import nightly

app = typer.Typer(no_args_is_help=True, help="Run a batch job of a pipeline: ingest, then nightly, then churn.")
for verb in (ingest, nightly, churn):
    app.command()(verb)
