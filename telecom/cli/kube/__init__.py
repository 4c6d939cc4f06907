"""`telecom kube`: pipelines of a Kubernetes cluster, through the current kubeconfig."""

import typer

from telecom.cli.kube.accept import accept
from telecom.cli.kube.diff import diff
from telecom.cli.kube.pause import pause
from telecom.cli.kube.render import render
from telecom.cli.kube.resume import resume
from telecom.cli.kube.rollback import rollback
from telecom.cli.kube.run import run
from telecom.cli.kube.status import status

app = typer.Typer(no_args_is_help=True, help="Pipelines of the Kubernetes cluster that kubectl talks to.")
for verb in (status, render, diff, pause, resume, run, accept, rollback):
    app.command()(verb)
