"""Options with which a person accepts what a gate refused."""

import datetime as dt
from typing import Annotated

import typer

from telecom.batch.accept import ACCEPTABLE_GATES, AskedAcceptance, user_name

GateOption = Annotated[str, typer.Option(help=f"Name of the gate, one of {', '.join(ACCEPTABLE_GATES)}.")]
DaysOption = Annotated[
    list[dt.datetime], typer.Option("--day", formats=["%Y-%m-%d"], help="Day that may go out; can be repeated.")
]
ReasonOption = Annotated[str, typer.Option(help="Why it is right that this day goes out; it is kept.")]
ByOption = Annotated[str, typer.Option("--by", help="Who accepts it; if unset, the user of this machine.")]


def asked_acceptance(gate: str, days: list[dt.datetime], reason: str, by: str) -> AskedAcceptance:
    """The acceptance that the options ask for. Raises `typer.BadParameter` if nobody can be named."""
    if not (person := by or user_name()):
        raise typer.BadParameter("say who accepts it", param_hint="--by")
    return AskedAcceptance(gate, [day.date() for day in days], reason, person)
