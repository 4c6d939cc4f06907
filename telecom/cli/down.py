"""`telecom down` and `telecom clean`: stop what runs, or forget it altogether."""

from typing import Annotated

import typer

from local.cluster.daemon_control import delete_everything, stop_everything
from telecom.cli.state_option import DEFAULT_STATE, StateOption, open_state
from telecom.terminal.console import notices


def down(state: StateOption = DEFAULT_STATE) -> None:
    """Stop every process of this cluster in order; its data stays and `telecom up` goes on from it."""
    stop_everything(open_state(state))
    notices.print(f"Stopped. The data stays in {state}; `telecom clean` deletes it.")


def clean(
    state: StateOption = DEFAULT_STATE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop everything and delete its data. The engines stay in the cache."""
    if not state.exists():
        notices.print(f"{state} does not exist; nothing to do.")
        return
    if not yes:
        typer.confirm(f"Delete {state.absolute()} with all tables, topics and passwords in it?", abort=True)
    delete_everything(open_state(state))
    notices.print(f"{state} is deleted.")
