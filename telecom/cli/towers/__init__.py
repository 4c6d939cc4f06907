"""`telecom towers`: the operator's inventory of towers."""

import typer

from telecom.cli.towers.import_file import import_file

app = typer.Typer(no_args_is_help=True, help="The inventory of towers, from which gold knows where a call was made.")


@app.callback()
def _group() -> None:
    """Keeps the verb's name on the command line, although the group has only one."""


app.command(name="import")(import_file)
