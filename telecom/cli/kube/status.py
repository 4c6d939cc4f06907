"""`telecom kube status`: the stages of a pipeline."""

from telecom.access.kube import kube_pipeline
from telecom.cli.options import KubeName, KubeNamespace, OutputOption
from telecom.pipelines.pipeline_view import PipelineView
from telecom.pipelines.stage_tables import stage_tables
from telecom.terminal.console import Output, answers, print_json


def status(name: KubeName, namespace: KubeNamespace = "", output: OutputOption = Output.TABLE) -> None:
    """Show the stages of a pipeline, what each of them waits for, and the steps of its last upgrade."""
    with kube_pipeline(name, namespace) as found:
        resource = found.resource
    if output is Output.JSON:
        print_json(resource.get("status", {}))
        return
    for table in stage_tables(PipelineView(resource)):
        answers.print(table)
