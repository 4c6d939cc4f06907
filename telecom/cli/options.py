"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from local.state.paths import DEFAULT_STATE_DIRECTORY, StateDirectory
from telecom.terminal.console import Output

StateOption = Annotated[
    Path, typer.Option("--state", envvar="TELECOM_STATE", help="Folder in which the cluster keeps its state.")
]
DEFAULT_STATE = DEFAULT_STATE_DIRECTORY

OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="How to print the answer: for people, or as JSON for programs.")
]

FileOption = Annotated[Path, typer.Option("--file", "-f", help="YAML file with the TelecomPipeline.")]
FileArgument = Annotated[
    Path, typer.Argument(help="YAML file with a TelecomPipeline, for example manifests/samples/demo.yaml.")
]
DEFAULT_FILE = Path("manifests/samples/demo.yaml")

# A verb for which one pipeline is usually the only candidate.
PipelineOption = Annotated[
    str | None, typer.Option("--pipeline", help="Name of the pipeline; needed only where there are several.")
]

# A verb that changes a sink, so the pipeline is always named.
SinkPipelineOption = Annotated[str, typer.Option("--pipeline", help="Name of the sink's pipeline.")]
SinkNamespaceOption = Annotated[str, typer.Option("--namespace", help="Namespace of the pipeline.")]
SINK_PIPELINE, SINK_NAMESPACE = "demo", "telecom"
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]

KubeName = Annotated[str, typer.Argument(help="Name of the TelecomPipeline.")]
KubeNamespace = Annotated[
    str, typer.Option("--namespace", "-n", help="Its namespace; if absent, that of the kubeconfig's context.")
]


def open_state(folder: Path) -> StateDirectory:
    """State directory of a verb; it is created where it does not exist."""
    return StateDirectory.open(folder)
