"""`python -m jobs.nightly --settings FILE [--date D | --from D --until D]`."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from contracts.batch_settings import NightlySettings
from jobs.nightly.calendar_years import UnknownHolidaysError
from jobs.nightly.dbt.dbt_build import DbtError
from jobs.nightly.gates.results import verdict
from jobs.nightly.nightly_run import run_nightly
from jobs.nightly.run_day import RunDayError, run_day
from jobs.nightly.run_plan import DayRange
from jobs.runtime.commit_errors import COMMIT_ERRORS
from jobs.runtime.dialling import UnknownNumberingError
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.published_tags import SnapshotGoneError
from jobs.runtime.settings import load_settings
from jobs.runtime.vault import TokenKeyError

COMPONENT = "nightly"
DAY = ["%Y-%m-%d"]
NAMED = (
    *(RunDayError, UnknownHolidaysError, UnknownNumberingError, TokenKeyError, DbtError),
    *(LakeBusyError, SnapshotGoneError, *COMMIT_ERRORS),
)


def main(
    settings: Annotated[Path, typer.Option(help="JSON file of NightlySettings")],
    date: Annotated[
        str | None, typer.Option(help="Day of the run: today, yesterday or YYYY-MM-DD; yesterday if unset")
    ] = None,
    first: Annotated[
        dt.datetime | None, typer.Option("--from", formats=DAY, help="First event day to backfill")
    ] = None,
    until: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="Day after the last one to backfill")] = None,
    run_id: Annotated[str | None, typer.Option(help="Name of the run in the audit tables; random if unset")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the gates' verdict here, for the pipeline's status and metrics")
    ] = None,
) -> None:
    """Make silver and gold, judge them by the gates, publish.

    Prints a JSON summary; exit code 3 if a gate blocked, or a test or model of dbt failed.
    """
    configure_logs(COMPONENT)
    with fatal_in_one_line(*NAMED):
        if (first is None) != (until is None):
            raise typer.BadParameter("a backfill needs both --from and --until")
        if first and until and first >= until:
            raise typer.BadParameter("--until is the day after the last one, so it has to be after --from")
        backfill = DayRange(first.date(), until.date()) if first and until else None
        known = load_settings(NightlySettings, settings)
        day = run_day(date, dt.datetime.now(dt.UTC), known.calendar)
        nightly = run_nightly(known, os.environ, day, backfill, run_id=run_id)
        if report is not None:
            report.write_text(verdict(nightly.run, nightly.results).text())
        typer.echo(json.dumps(nightly.summary()))
        if not nightly.is_published:
            raise typer.Exit(3)


if __name__ == "__main__":
    typer.run(main)
