"""`telecom up`: from a resource to a pipeline that runs."""

from local.cluster.object_store import SqliteCluster
from telecom.cli.options import DEFAULT_FILE, DEFAULT_STATE, FileOption, StateOption, open_state
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.fetch import engines_for, fetch_engines
from telecom.pipelines.resource_file import read_resource
from telecom.pipelines.status import components
from telecom.pipelines.status_table import status_table
from telecom.pipelines.up import bring_up
from telecom.terminal.console import answers, notices, tell


def up(file: FileOption = DEFAULT_FILE, state: StateOption = DEFAULT_STATE) -> None:
    """Start the engines and a pipeline, wait until it is ready, and leave it running. Idempotent."""
    require_ready_machine()
    directory = open_state(state)
    fetch_engines(engines_for(read_resource(file, SqliteCluster(directory.store))))
    running = bring_up(directory, file, tell)
    notices.print(f"{running.resource.ref} is ready after {running.seconds:.1f} s.")
    answers.print(status_table(components(running.state)))
