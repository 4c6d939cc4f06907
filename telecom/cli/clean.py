"""`telecom clean`: stop what runs and delete its data."""

import typer

from local.cluster.daemon_control import delete_everything
from telecom.cli.options import DEFAULT_STATE, StateOption, YesOption, open_state
from telecom.terminal.console import notices


def clean(state: StateOption = DEFAULT_STATE, yes: YesOption = False) -> None:
    """Stop everything and delete its data. The engines stay in the cache."""
    if not state.exists():
        notices.print(f"{state} does not exist, so there is nothing to delete.")
        return
    if not yes:
        typer.confirm(f"Delete {state.absolute()} with all tables, topics and passwords in it?", abort=True)
    delete_everything(open_state(state))
    notices.print(f"{state} is deleted.")
