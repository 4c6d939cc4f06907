"""`telecom kube rollback`: bring back a spec with which a pipeline was ready."""

from typing import Annotated

import typer

from telecom.access.kube import kube_pipeline
from telecom.cli.options import KubeName, KubeNamespace
from telecom.pipelines.rollback import roll_back
from telecom.terminal.console import notices


def rollback(
    name: KubeName,
    namespace: KubeNamespace = "",
    to_revision: Annotated[int, typer.Option(help="Revision to go back to; 0 means the one before.")] = 0,
) -> None:
    """Put a spec with which the pipeline was ready back into the resource; the operator applies it step by step.

    Paused, mode, desiredState and deletionPolicy stay as they are.
    """
    with kube_pipeline(name, namespace) as found:
        goal = roll_back(found.cluster, found.resource, to_revision)
    notices.print(f"{name}: the spec of revision {goal.number} is back; telecom kube status {name} shows the steps")
