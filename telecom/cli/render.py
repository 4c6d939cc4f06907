"""`telecom render`: the children of a resource, as the cluster would get them."""

from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest_yaml import to_yaml
from telecom.cli.options import DEFAULT_STATE, FileArgument, OutputOption, StateOption
from telecom.pipelines.render import left_out, render_pipeline
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import Output, answers, print_json, tell


def render(
    file: FileArgument,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print the manifests that a TelecomPipeline becomes, as YAML.

    Endpoints are those of what runs here. A child that needs an endpoint which is not known yet is left out, and named.
    """
    pipeline = read_resource(file).pipeline
    store = StateDirectory(state.absolute()).store
    rendered = render_pipeline(SqliteCluster(store) if store.is_file() else None, pipeline)
    if output is Output.JSON:
        print_json(rendered.rendering.manifests)
    else:
        answers.out(to_yaml(rendered.rendering.manifests), end="")
    for line in left_out(rendered):
        tell(line)
