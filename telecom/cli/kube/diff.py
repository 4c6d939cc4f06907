"""`telecom kube diff`: what a file would change in the cluster."""

from pathlib import Path

import typer

from local.errors import LocalError
from operators.telecom_pipeline.objects.cluster import ClusterError
from operators.telecom_pipeline.reconcile.preview import Preview, preview
from telecom.access.kube import kube_cluster
from telecom.cli.options import FileOption
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import answers, notices, tell_error

# Those of `kubectl diff`, so that a script can tell a change from a failure.
CHANGES_EXIT_CODE = 1
FAILED_EXIT_CODE = 2


def diff(file: FileOption) -> None:
    """Show what applying a file would change in the cluster; nothing is written.

    Exit code 0 if there is no change, 1 if there are changes, 2 if it could not find out.
    """
    try:
        found = _preview(file)
    except (LocalError, ClusterError) as error:
        tell_error(error)
        raise typer.Exit(FAILED_EXIT_CODE) from error
    for change in found.changes:
        answers.print(f"{change.action} {change.ref}", style="bold")
        answers.out(change.text)
    for stage, missing in found.missing.items():
        notices.print(f"stage {stage} is not shown: it waits for {' and '.join(missing)}")
    if found.changes:
        raise typer.Exit(CHANGES_EXIT_CODE)
    notices.print("no change")


def _preview(file: Path) -> Preview:
    with kube_cluster(read_resource(file).ref.namespace) as cluster:
        return preview(cluster, read_resource(file, cluster).pipeline)
