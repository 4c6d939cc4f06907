"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from local.state.paths import DEFAULT_STATE_DIRECTORY, StateDirectory
from telecom.terminal.console import Output

StateOption = Annotated[
    Path, typer.Option("--state", envvar="TELECOM_STATE", help="Folder that holds everything the cluster remembers.")
]
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="Form of the answer.")]
DEFAULT_STATE = DEFAULT_STATE_DIRECTORY


def open_state(folder: Path) -> StateDirectory:
    """State directory of a verb, created where missing."""
    return StateDirectory.open(folder)
