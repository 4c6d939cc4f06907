"""`telecom apply`: give a resource to the cluster."""

from local.cluster.daemon_control import is_running
from local.cluster.object_store import SqliteCluster
from telecom.cli.options import DEFAULT_STATE, FileArgument, StateOption, open_state
from telecom.pipelines.apply import apply_resource
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import notices


def apply(file: FileArgument, state: StateOption = DEFAULT_STATE) -> None:
    """Check a resource and give it to the cluster, without waiting until it is ready."""
    directory = open_state(state)
    store = SqliteCluster(directory.store)
    resource = read_resource(file, store)
    notices.print(f"{resource.ref} {apply_resource(store, resource)}.")
    if not is_running(directory):
        notices.print(f"The daemon is not running, so nothing happens yet: `{directory.command('up')}` starts it.")
