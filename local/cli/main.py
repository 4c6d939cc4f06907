"""The `telecom` command: registers the verbs and turns typed errors into words and an exit code."""

import sys
from collections.abc import Callable

import typer

from local.cli import kube
from local.cli import run as batch
from local.cli.accept_loss import accept_loss
from local.cli.alerts import alerts
from local.cli.console import notices
from local.cli.demo import demo
from local.cli.docs import docs
from local.cli.doctor import doctor
from local.cli.down import clean, down
from local.cli.erase import erase
from local.cli.fetch import fetch
from local.cli.lineage import lineage
from local.cli.logs import logs
from local.cli.publish_rollback import publish_rollback
from local.cli.query import query
from local.cli.render import render
from local.cli.replay_dlq import replay_dlq
from local.cli.status import status
from local.cli.up import apply, up
from local.errors import LocalError
from operators.telecom_pipeline.cluster import ClusterError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Run a TelecomPipeline on this machine with the real engines, and look into it.",
)
VERBS: tuple[Callable[..., None], ...] = (
    *(demo, doctor, fetch, up, status, apply, render, query, alerts),
    *(lineage, docs, replay_dlq, accept_loss, publish_rollback, erase, logs, down, clean),
)
for verb in VERBS:
    app.command()(verb)
app.add_typer(batch.app, name="run")
app.add_typer(kube.app, name="kube")


def run() -> None:
    """Entry point. Errors that we raise on purpose are printed without a stack trace; exit code 1."""
    try:
        app()
    except (LocalError, ClusterError) as error:
        notices.print(f"[red]error:[/red] {error}", markup=True)
        sys.exit(1)
    except KeyboardInterrupt:
        notices.print("\nInterrupted. What runs keeps running: `telecom status` shows it, `telecom down` stops it.")
        sys.exit(130)
