"""`telecom clean`: stop what runs and delete its data."""

import typer

from local.cluster.daemon_control import delete_everything, require_deletable
from telecom.cli.options import DEFAULT_STATE, StateOption, YesOption, named_state_errors, started_state
from telecom.terminal.console import notices


def clean(state: StateOption = DEFAULT_STATE, yes: YesOption = False) -> None:
    """Stop everything and delete its data. The engines stay in the cache."""
    if not state.exists():
        notices.print(f"{state.absolute()} does not exist, so there is nothing to delete.")
        return
    directory = started_state(state)
    require_deletable(directory)
    if not yes:
        typer.confirm(f"Delete {directory.root} with all tables, topics and passwords in it?", abort=True)
    with named_state_errors(state):
        delete_everything(directory)
    notices.print(f"{directory.root} is deleted.")
