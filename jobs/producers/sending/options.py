"""What both command lines take: options by their types, what holds without them, and the settings they stand for."""

import math
from typing import Annotated

import typer


def positive(text: str) -> float:
    """Value of an option that must be above 0 and finite. Raises `typer.BadParameter`."""
    value = float(text)
    if not 0 < value < math.inf:
        raise typer.BadParameter(f"{text} is not a number above 0")
    return value


BootstrapOption = Annotated[str | None, typer.Option(help="Kafka without authentication at HOST:PORT")]
TowersOption = Annotated[int | None, typer.Option(help="Number of towers")]
DurationOption = Annotated[
    float | None,
    typer.Option(parser=positive, metavar="FLOAT", help="Stop after this time; without it, run until stopped"),
]
DryRunOption = Annotated[int | None, typer.Option(metavar="N", min=0, help="Print N records instead of sending any")]

DEFAULTS: dict[str, object] = {
    "kafka": {"bootstrap_servers": "127.0.0.1:9092"},
    "seed": 1,
    "tower_count": 500,
    "faults": {"duplicate": 0.01, "late": 0.01, "out_of_order": 0.02, "malformed": 0.001},
}


def settings_given(
    bootstrap_servers: str | None, seed: int | None, towers: int | None, duration_seconds: float | None
) -> dict[str, object]:
    """Settings by their names; None where an option was not given."""
    return {
        "kafka": None if bootstrap_servers is None else {"bootstrap_servers": bootstrap_servers},
        "seed": seed,
        "tower_count": towers,
        "duration_seconds": duration_seconds,
    }
