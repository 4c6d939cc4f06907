"""`telecom run nightly`: silver, gold, gates, publication."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from local.services.trino_logins import TrinoUser
from telecom.access.query import trino_of
from telecom.batch.nightly import TRIED, Days, run_nightly
from telecom.batch.nightly_tables import nightly_report
from telecom.cli.options import DEFAULT_STATE, OutputOption, PipelineOption, StateOption, started_state
from telecom.cli.run_date import RunDateOption, checked_run_date
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json, tell

DAY = ["%Y-%m-%d"]
BLOCKED_EXIT_CODE = 3
Day = dt.datetime | None


def nightly(
    date: RunDateOption = None,
    first: Annotated[Day, typer.Option("--from", formats=DAY, help="First event day to process again.")] = None,
    until: Annotated[Day, typer.Option(formats=DAY, help="Day after the last event day to process again.")] = None,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Build silver and gold, judge them by the gates and publish them.

    Days are the pipeline's own, in its time zone. Exit code 3 if a gate, or a test or model of dbt, blocked the
    publication: readers keep seeing the numbers that they saw before.
    """
    asked = checked_run_date(date)
    if (first is None) != (until is None):
        raise typer.BadParameter("event days need both --from and --until")
    directory = started_state(state)
    days = Days(asked, first.date() if first else None, until.date() if until else None)
    ask = trino_of(directory, TrinoUser.TRANSFORMER)
    done = run_nightly(transforming_pipeline(directory, pipeline, TRIED), days, ask, tell)
    if output is Output.JSON:
        print_json(asdict(done))
    else:
        answers.print(nightly_report(done))
    if not done.is_published:
        raise typer.Exit(BLOCKED_EXIT_CODE)
