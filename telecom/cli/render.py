"""`telecom render`: the children of a resource, as the cluster would get them."""

from pathlib import Path
from typing import Annotated

import typer

from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest_yaml import to_yaml
from operators.telecom_pipeline.pipeline.endpoints import Endpoints, find_endpoints
from operators.telecom_pipeline.render import missing_endpoints
from operators.telecom_pipeline.render import render as render_children
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption
from telecom.pipelines.known_endpoints import known_endpoints
from telecom.pipelines.resource_file import Resource, read_resource
from telecom.terminal.console import Output, answers, notices, print_json


def render(
    file: Annotated[Path, typer.Argument(help="A TelecomPipeline, for example manifests/samples/demo.yaml.")],
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print the manifests that a TelecomPipeline becomes, as YAML.

    Endpoints are taken from what runs here; children that need one which is not known yet are named and left out.
    """
    resource = read_resource(file)
    endpoints = _observed_endpoints(resource, state)
    children = render_children(resource.pipeline, endpoints)
    if output is Output.JSON:
        print_json(children)
    else:
        answers.out(to_yaml(children), end="")
    for stage, missing in missing_endpoints(resource.pipeline, endpoints).items():
        notices.print(f"# stage {stage} is left out until {', '.join(missing)} can be observed", markup=False)


def _observed_endpoints(resource: Resource, folder: Path) -> Endpoints:
    store = StateDirectory(folder.absolute()).store
    if not store.is_file():
        return find_endpoints(resource.pipeline, {}, {})
    return known_endpoints(SqliteCluster(store), resource.pipeline)
