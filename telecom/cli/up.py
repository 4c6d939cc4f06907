"""`telecom up` and `telecom apply`: from a resource to what runs."""

from pathlib import Path
from typing import Annotated

import typer

from local.cluster.daemon_control import is_running
from local.cluster.object_store import SqliteCluster
from telecom.cli.fetch import engines_for, fetch_engines
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.cli.status import print_status
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.bring_up import bring_up
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import notices

DEFAULT_FILE = Path("manifests/samples/demo.yaml")
FileOption = Annotated[Path, typer.Option("--file", "-f", help="A TelecomPipeline.")]


def up(file: FileOption = DEFAULT_FILE, state: StateOption = DEFAULT_STATE) -> None:
    """Start the engines and a pipeline, wait until it is ready, and leave it running. Idempotent."""
    require_ready_machine()
    directory = open_state(state)
    fetch_engines(engines_for(read_resource(file, SqliteCluster(directory.store))))
    running = bring_up(directory, file, tell)
    notices.print(f"{running.resource.ref} is ready after {running.seconds:.1f} s.")
    print_status(running.state)


def apply(file: Annotated[Path, typer.Argument(help="A TelecomPipeline.")], state: StateOption = DEFAULT_STATE) -> None:
    """Check a resource and hand it to the cluster, without waiting."""
    directory = open_state(state)
    cluster = SqliteCluster(directory.store)
    resource = read_resource(file, cluster)
    before = cluster.get(resource.ref)
    after = cluster.apply(resource.manifest)
    is_unchanged = before is not None and before["metadata"]["generation"] == after["metadata"]["generation"]
    verb = "unchanged" if is_unchanged else "configured" if before else "created"
    notices.print(f"{resource.ref} {verb}.")
    if not is_running(directory):
        notices.print("Nothing acts on it yet: `telecom up` starts the daemon.")


def tell(line: str) -> None:
    """Print a line about progress, as it is."""
    notices.print(line, markup=False)
