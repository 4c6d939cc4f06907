"""`telecom down`: stop what runs."""

from local.cluster.daemon_control import stop_everything
from telecom.cli.options import DEFAULT_STATE, StateOption, open_state
from telecom.terminal.console import notices


def down(state: StateOption = DEFAULT_STATE) -> None:
    """Stop every process of this cluster in order. Its data stays, and `telecom up` continues from it."""
    stop_everything(open_state(state))
    notices.print(f"Stopped. The data stays in {state}; `telecom clean` deletes it.")
