"""`telecom kube render`: what a pipeline of the cluster becomes."""

from operators.telecom_pipeline.objects.manifest_yaml import to_yaml
from telecom.access.kube import kube_pipeline
from telecom.cli.options import KubeName, KubeNamespace, OutputOption
from telecom.pipelines.render import left_out, render_pipeline
from telecom.terminal.console import Output, answers, print_json, tell


def render(name: KubeName, namespace: KubeNamespace = "", output: OutputOption = Output.TABLE) -> None:
    """Print the manifests that a pipeline of the cluster becomes, with the endpoints that are known there, as YAML."""
    with kube_pipeline(name, namespace) as found:
        rendered = render_pipeline(found.cluster, found.pipeline)
    if output is Output.JSON:
        print_json(rendered.rendering.manifests)
    else:
        answers.out(to_yaml(rendered.rendering.manifests), end="")
    for line in left_out(rendered):
        tell(line)
