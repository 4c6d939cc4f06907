"""Options that several verbs share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from local.state.paths import DEFAULT_STATE_DIRECTORY, StateDirectory, StateFolderError
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
OptionalFileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        "-f",
        help="YAML file with a TelecomPipeline; if unset, what was applied before, else manifests/samples/demo.yaml.",
    ),
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


@contextmanager
def named_state_errors(folder: Path) -> Iterator[None]:
    """Turns errors of the file system about a state folder into `StateFolderError`."""
    try:
        yield
    except OSError as error:
        place = Path(error.filename or folder).absolute()
        why = f"{place}: {error.strerror or error}"
        raise StateFolderError(f"use the state folder {folder.absolute()}", why, "name another with --state") from error


def open_state(folder: Path) -> StateDirectory:
    """State directory of a verb that starts something; it is created where it does not exist.

    Raises `StateFolderError`.
    """
    with named_state_errors(folder):
        return StateDirectory.open(folder)


def existing_state(folder: Path) -> StateDirectory | None:
    """State directory of a verb that starts nothing; None, and nothing is created, if there is no cluster in it.

    Raises `StateFolderError`.
    """
    with named_state_errors(folder):
        return StateDirectory.open(folder) if StateDirectory(folder.absolute()).holds_cluster else None


def started_state(folder: Path) -> StateDirectory:
    """State directory of a verb that needs a cluster. Raises `StateFolderError` if none was ever started there."""
    if (state := existing_state(folder)) is None:
        place, why = folder.absolute(), "no cluster was ever started there"
        raise StateFolderError(f"use the state folder {place}", why, "telecom up, or name another with --state")
    return state


def no_cluster(folder: Path) -> str:
    """What a verb says that has nothing to do, because no cluster was ever started in the folder."""
    return f"No cluster was ever started in {folder.absolute()}; next: telecom up, or name another with --state."
