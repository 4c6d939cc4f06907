"""`telecom down`: stop what runs."""

from local.cluster.daemon_control import stop_everything
from telecom.cli.options import DEFAULT_STATE, StateOption, existing_state, no_cluster
from telecom.terminal.console import notices


def down(state: StateOption = DEFAULT_STATE) -> None:
    """Stop every process of this cluster in order. Its data stays, and `telecom up` continues from it."""
    if (directory := existing_state(state)) is None:
        notices.print(no_cluster(state))
        return
    stop_everything(directory)
    notices.print(f"Stopped. The data stays in {directory.root}; `{directory.command('clean')}` deletes it.")
