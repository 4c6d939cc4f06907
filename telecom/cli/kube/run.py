"""`telecom kube run`: a batch job as a Job of the cluster."""

from typing import Annotated

import typer

from telecom.access.kube import kube_pipeline
from telecom.batch.job_names import BatchJob
from telecom.batch.kube_run import run_in_kubernetes
from telecom.batch.nightly import Days
from telecom.cli.options import KubeName, KubeNamespace
from telecom.cli.run_date import RunDateOption, checked_run_date
from telecom.terminal.console import notices, tell


def run(
    name: KubeName,
    job: Annotated[BatchJob, typer.Argument(help="Which batch job: ingest, then nightly, then churn.")],
    date: RunDateOption = None,
    namespace: KubeNamespace = "",
) -> None:
    """Run a batch job once, as a Job of the cluster, and wait until it has ended.

    Exit code 1 if it failed.
    """
    asked = checked_run_date(date)
    if asked is not None and job is not BatchJob.NIGHTLY:
        raise typer.BadParameter(f"{job} takes what is new and no day", param_hint="--date")
    with kube_pipeline(name, namespace) as found:
        logs = run_in_kubernetes(found, job.component, Days(asked).arguments(), tell)
    notices.print(f"{job} done; {logs} shows its output")
