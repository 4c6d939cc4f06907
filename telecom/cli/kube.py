"""`telecom kube`: look at pipelines of a Kubernetes cluster, and switch them, through the current kubeconfig."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from operators.telecom_pipeline.clusters.kube import KubeCluster
from operators.telecom_pipeline.clusters.owned import OwnedCluster
from operators.telecom_pipeline.clusters.rest import ApiServer
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.cluster import RejectedError
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Manifest, Ref
from operators.telecom_pipeline.objects.manifest_yaml import to_yaml
from operators.telecom_pipeline.reconcile.context import render_observed
from operators.telecom_pipeline.reconcile.observe import observe, observe_children, revisions
from operators.telecom_pipeline.reconcile.preview import preview
from operators.telecom_pipeline.upgrade.revisions import with_switches
from telecom.batch.job_runs import FailedRunError, failure_of, follow_run
from telecom.cli.up import tell
from telecom.pipelines.pipeline_view import PipelineView
from telecom.pipelines.resource_file import pipeline_of_resource, read_resource
from telecom.pipelines.rollback import choose_revision, replacement
from telecom.terminal.console import Output, answers, notices, print_json

Name = Annotated[str, typer.Argument(help="Name of the TelecomPipeline.")]
Namespace = Annotated[str, typer.Option("--namespace", "-n", help="Its namespace; the context's when absent.")]
File = Annotated[Path, typer.Option("--file", "-f", help="File with the TelecomPipeline.")]
OutputForm = Annotated[Output, typer.Option("--output", "-o", help="table, or json for programs.")]


class BatchJob(StrEnum):
    """A batch job, by the name that people use."""

    INGEST = "ingest"
    NIGHTLY = "nightly"
    CHURN = "churn"


COMPONENT_BY_JOB = {
    BatchJob.INGEST: names.CRM_BATCH_INGESTOR,
    BatchJob.NIGHTLY: names.NIGHTLY,
    BatchJob.CHURN: names.CHURN,
}
app = typer.Typer(no_args_is_help=True, help="Pipelines of the Kubernetes cluster that kubectl talks to.")


@app.command()
def status(name: Name, namespace: Namespace = "", output: OutputForm = Output.TABLE) -> None:
    """Show the stages of a pipeline, what each waits for, and its endpoints."""
    resource = _read(name, namespace)
    if output is Output.JSON:
        print_json(resource.get("status", {}))
        return
    view = PipelineView(resource)
    table = Table("stage", "state", "ready", "why", title=f"{name}: {view.stage or 'not looked at yet'}")
    for stage in view.stages:
        table.add_row(stage["name"], stage["state"], stage["ready"], stage["message"] or stage["reason"])
    table.caption = "\n".join(filter(None, [view.data_summary, *view.data_complaints]))
    answers.print(table)
    _print_upgrade(resource.get("status", {}).get("upgrade"))


def _print_upgrade(upgrade: Mapping[str, Any] | None) -> None:
    if upgrade is None:
        return
    way = f"revision {upgrade['fromRevision']} to {upgrade['toRevision']}: {upgrade['state']}"
    table = Table("step", "action", "state", "since", title=f"upgrade from {way}", caption=upgrade["message"] or None)
    for step in upgrade["steps"]:
        table.add_row(step["stage"], step["action"], step["state"], step.get("startedAt", ""))
    answers.print(table)


@app.command()
def render(name: Name, namespace: Namespace = "", output: OutputForm = Output.TABLE) -> None:
    """Print the manifests that a pipeline of the cluster becomes, with the endpoints that are known there, as YAML."""
    with _connected(namespace) as (cluster, place):
        resource = _present(cluster, Ref(TELECOM_PIPELINE, place, name))
        pipeline = pipeline_of_resource(resource)
        children = observe_children(cluster, name, place)
        manifests = render_observed(pipeline, observe(cluster, children, pipeline)).rendering
    if output is Output.JSON:
        print_json(manifests.manifests)
    else:
        answers.out(to_yaml(manifests.manifests), end="")
    for stage in sorted(manifests.incomplete):
        notices.print(f"# stage {stage} is left out until its endpoints can be observed", markup=False)


@app.command()
def diff(file: File) -> None:
    """Show what applying a file would change in the cluster; exit code 1 if anything. Writes nothing."""
    namespace = read_resource(file).ref.namespace
    with _connected(namespace) as (cluster, _):
        found = preview(cluster, read_resource(file, cluster).pipeline)
    for change in found.changes:
        answers.print(f"[bold]{change.action} {change.ref}[/bold]")
        answers.out(change.text)
    for stage, missing in found.missing.items():
        notices.print(f"stage {stage} is not shown: it waits for {' and '.join(missing)}")
    if found.changes:
        raise typer.Exit(1)
    notices.print("no change")


@app.command()
def pause(name: Name, namespace: Namespace = "") -> None:
    """Let the operator only report from now on; the pipeline runs on."""
    _set_paused(name, namespace, True)


@app.command()
def resume(name: Name, namespace: Namespace = "") -> None:
    """Let the operator act again."""
    _set_paused(name, namespace, False)


@app.command()
def run(
    name: Name,
    job: Annotated[BatchJob, typer.Argument(help="Which batch job: ingest, then nightly, then churn.")],
    namespace: Namespace = "",
) -> None:
    """Run a batch job once, as a Job of the cluster, and wait until it has ended; exit code 1 if it failed."""
    with _connected(namespace) as (cluster, place):
        resource = _present(cluster, Ref(TELECOM_PIPELINE, place, name))
        finished = follow_run(
            OwnedCluster(cluster, resource), pipeline_of_resource(resource), COMPONENT_BY_JOB[job], (), tell
        )
    failure, logs = failure_of(finished), f"kubectl -n {place} logs job/{finished['metadata']['name']}"
    if failure is not None:
        raise FailedRunError(f"run {job}", failure, logs)
    notices.print(f"{job} done; {logs} shows its output")


@app.command()
def rollback(
    name: Name,
    namespace: Namespace = "",
    to_revision: Annotated[int, typer.Option(help="The revision to go back to; 0 means the last one before.")] = 0,
) -> None:
    """Put a spec with which the pipeline was ready back into the resource; the operator brings it about step by step.

    Paused, mode, desiredState and deletionPolicy stay as they are.
    """
    with _connected(namespace) as (cluster, place):
        ref = Ref(TELECOM_PIPELINE, place, name)
        spec = _present(cluster, ref)["spec"]
        goal = choose_revision(revisions(cluster, name, place), spec, to_revision)
        cluster.merge(ref, {"spec": replacement(spec, with_switches(goal.spec, spec))})
    notices.print(f"{name}: the spec of revision {goal.number} is back; telecom kube status {name} shows the steps")


def _read(name: str, namespace: str) -> Manifest:
    with _connected(namespace) as (cluster, place):
        return _present(cluster, Ref(TELECOM_PIPELINE, place, name))


def _set_paused(name: str, namespace: str, is_paused: bool) -> None:
    with _connected(namespace) as (cluster, place):
        ref = Ref(TELECOM_PIPELINE, place, name)
        _present(cluster, ref)
        cluster.merge(ref, {"spec": {"paused": is_paused}})
    notices.print(f"{name}: spec.paused is {str(is_paused).lower()}")


@contextmanager
def _connected(namespace: str) -> Iterator[tuple[KubeCluster, str]]:
    """The cluster of the current context, and `namespace` or the context's own."""
    server = ApiServer()
    place = namespace or server.namespace
    cluster = KubeCluster(server, namespaces=[place])
    try:
        yield cluster, place
    finally:
        cluster.close()


def _present(cluster: KubeCluster, ref: Ref) -> Manifest:
    resource = cluster.get(ref)
    if resource is None:
        raise RejectedError(f"There is no {ref}: kubectl get telecompipelines -A shows all.")
    return resource
