"""The option that says which day a nightly run is for."""

from typing import Annotated

import typer

from jobs.nightly.run_day import RunDayError, check_words

RunDateOption = Annotated[
    str | None,
    typer.Option("--date", help="Day of a nightly run: today, yesterday or YYYY-MM-DD; yesterday if unset."),
]


def checked_run_date(asked: str | None) -> str | None:
    """`asked`, if a nightly run understands it. Raises `typer.BadParameter`."""
    try:
        return check_words(asked) if asked else None
    except RunDayError as error:
        raise typer.BadParameter(str(error), param_hint="--date") from error
