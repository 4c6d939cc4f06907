"""`python -m jobs.nightly --settings FILE [--date D | --from D --until D]`."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import NightlySettings
from jobs.nightly.gates.results import verdict
from jobs.nightly.nightly_run import DayRange, run_nightly
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.settings import load_settings

COMPONENT = "nightly"
DAY = ["%Y-%m-%d"]


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of NightlySettings")],
    date: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="Day of the run; today if unset")] = None,
    first: Annotated[
        dt.datetime | None, typer.Option("--from", formats=DAY, help="First event day to backfill")
    ] = None,
    until: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="Day after the last one to backfill")] = None,
    run_id: Annotated[str | None, typer.Option(help="Name of the run in the audit tables; random if unset")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the gates' verdict here, for the pipeline's status and metrics")
    ] = None,
) -> None:
    """Make silver and gold, judge them by the gates, publish. Prints a JSON summary; exit code 3 if a gate blocked."""
    configure_logs(COMPONENT)
    with fatal_in_one_line():
        if (first is None) != (until is None):
            raise typer.BadParameter("a backfill needs both --from and --until")
        backfill = DayRange(first.date(), until.date()) if first and until else None
        run_date = date.date() if date else dt.datetime.now(dt.UTC).date()
        nightly = run_nightly(load_settings(NightlySettings, settings), os.environ, run_date, backfill, run_id=run_id)
        if report is not None:
            report.write_text(verdict(nightly.run, nightly.results).text())
        typer.echo(json.dumps(nightly.summary()))
        if not nightly.is_published:
            raise typer.Exit(3)


if __name__ == "__main__":
    typer.run(main)
