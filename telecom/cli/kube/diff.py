"""`telecom kube diff`: what a file would change in the cluster."""

import typer

from operators.telecom_pipeline.reconcile.preview import preview
from telecom.access.kube import kube_cluster
from telecom.cli.options import FileOption
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import answers, notices


def diff(file: FileOption) -> None:
    """Show what applying a file would change in the cluster; nothing is written.

    Exit code 1 if there are changes.
    """
    with kube_cluster(read_resource(file).ref.namespace) as cluster:
        found = preview(cluster, read_resource(file, cluster).pipeline)
    for change in found.changes:
        answers.print(f"{change.action} {change.ref}", style="bold")
        answers.out(change.text)
    for stage, missing in found.missing.items():
        notices.print(f"stage {stage} is not shown: it waits for {' and '.join(missing)}")
    if found.changes:
        raise typer.Exit(1)
    notices.print("no change")
