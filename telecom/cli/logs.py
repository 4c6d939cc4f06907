"""`telecom logs`: what a component wrote."""

from typing import Annotated

import typer

from telecom.cli.options import DEFAULT_STATE, StateOption, started_state
from telecom.pipelines.logs import last_lines, log_files, new_text
from telecom.terminal.console import answers


def logs(
    component: Annotated[str, typer.Argument(help="A component of `telecom status`, or a part of its name.")],
    state: StateOption = DEFAULT_STATE,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines from the end.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Continue with what is written from now on.")] = False,
) -> None:
    """Print the end of a component's log."""
    files = log_files(started_state(state), component)
    for file in files:
        if len(files) > 1:
            answers.out(f"==> {file.stem} <==")
        answers.out("\n".join(last_lines(file, lines)))
    if follow:
        for text in new_text(files[-1]):
            answers.out(text, end="")
