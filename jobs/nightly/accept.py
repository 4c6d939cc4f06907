"""`python -m jobs.nightly.accept --settings FILE --gate G --day D --reason TEXT --by NAME`."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pyiceberg.catalog import Catalog

from contracts.batch_settings import GateAcceptanceSettings
from contracts.calendar import Calendar
from contracts.gate_settings import GateSettings
from jobs.nightly.closed_day import today
from jobs.nightly.gates.acceptance import Acceptance, NotAcceptableError, check_acceptance
from jobs.nightly.gates.acceptance_records import record_acceptance
from jobs.nightly.gates.catalogue import gates_with
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.settings import load_settings

COMPONENT = "gate-acceptance"


def accept(catalog: Catalog, calendar: Calendar, asked: Sequence[Acceptance]) -> list[Acceptance]:
    """Record what was asked for; returns what stands for each. Raises `NotAcceptableError` before it records any."""
    gates = {gate.name: gate for gate in gates_with(GateSettings())}
    for acceptance in asked:
        if acceptance.gate not in gates:
            raise NotAcceptableError(f"there is no gate {acceptance.gate!r}; known: {', '.join(gates)}")
        newest = today(acceptance.accepted_at, calendar)
        check_acceptance(gates[acceptance.gate], acceptance.day, acceptance.reason, newest)
    return [record_acceptance(catalog, acceptance) for acceptance in asked]


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of GateAcceptanceSettings")],
    gate: Annotated[str, typer.Option(help="Name of the gate")],
    day: Annotated[list[dt.datetime], typer.Option(formats=["%Y-%m-%d"], help="Day that may go out; can be repeated")],
    reason: Annotated[str, typer.Option(help="Why")],
    by: Annotated[str, typer.Option(help="Who accepts it")],
) -> None:
    """Let days go out although a gate refuses them; the next nightly run publishes them if no other gate blocks.

    Prints what stands in `audit.gate_acceptances` for each day, a line of JSON each.
    """
    configure_logs(COMPONENT)
    with fatal_in_one_line(NotAcceptableError):
        known = load_settings(GateAcceptanceSettings, settings)
        now = dt.datetime.now(dt.UTC)
        asked = [Acceptance(gate, each.date(), reason, by, now) for each in day]
        catalog = open_catalog(known.catalog, known.s3, os.environ)
        for acceptance in accept(catalog, known.calendar, asked):
            typer.echo(json.dumps(asdict(acceptance), default=str))


if __name__ == "__main__":
    typer.run(main)
