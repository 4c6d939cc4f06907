"""The `telecom` command: registers the verbs, and turns typed errors into words and an exit code."""

import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from local.errors import LocalError
from operators.telecom_pipeline.objects.cluster import ClusterError
from telecom.cli import kube, towers
from telecom.cli import run as batch
from telecom.cli.accept import accept
from telecom.cli.accept_loss import accept_loss
from telecom.cli.alerts import alerts
from telecom.cli.apply import apply
from telecom.cli.clean import clean
from telecom.cli.demo import demo
from telecom.cli.docs import docs
from telecom.cli.doctor import doctor
from telecom.cli.down import down
from telecom.cli.erase import erase
from telecom.cli.fetch import fetch
from telecom.cli.lineage import lineage
from telecom.cli.logs import logs
from telecom.cli.publish_rollback import publish_rollback
from telecom.cli.query import query
from telecom.cli.render import render
from telecom.cli.replay_dlq import replay_dlq
from telecom.cli.status import status
from telecom.cli.up import up
from telecom.terminal.console import answers, notices, tell_error

DISTRIBUTION = "telecom-lakehouse"
ERROR_EXIT_CODE = 1
INTERRUPTED_EXIT_CODE = 130

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Run a TelecomPipeline on this machine with the real engines, and look into it.",
)
VERBS: tuple[Callable[..., None], ...] = (
    *(demo, doctor, fetch, up, status, apply, render, query, alerts),
    *(lineage, docs, replay_dlq, accept_loss, accept, publish_rollback, erase, logs, down, clean),
)
for verb in VERBS:
    app.command()(verb)
app.add_typer(batch.app, name="run")
app.add_typer(towers.app, name="towers")
app.add_typer(kube.app, name="kube")


def _print_version(is_asked_for: bool) -> None:
    if is_asked_for:
        answers.out(version(DISTRIBUTION))
        raise typer.Exit


@app.callback()
def _options(
    is_asked_for_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What stands before a verb; `help` of the app describes it."""


def run() -> None:
    """Entry point. An error that we raise on purpose is printed without a stack trace."""
    try:
        app()
    except (LocalError, ClusterError) as error:
        tell_error(error)
        sys.exit(ERROR_EXIT_CODE)
    except KeyboardInterrupt:
        notices.print("\nInterrupted. What runs keeps running: `telecom status` shows it, `telecom down` stops it.")
        sys.exit(INTERRUPTED_EXIT_CODE)
