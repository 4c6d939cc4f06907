"""`telecom towers import`: towers of your own from a CSV file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from telecom.batch.tower_import import TRIED, import_towers, towers_of
from telecom.cli.options import DEFAULT_STATE, OutputOption, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json


def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV file with a header: tower_id, region, city, latitude, longitude, radio_access, capacity_users "
            "and, if you like, retired_at.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file and count; change nothing.")] = False,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Add towers to the inventory, and change those that differ; towers that are not in the file stay.

    `telecom run ingest` and `telecom run nightly` bring them into gold, where a tower keeps its former versions.
    """
    towers = towers_of(file)
    change = import_towers(transforming_pipeline(started_state(state), pipeline, TRIED), towers, dry_run)
    if output is Output.JSON:
        print_json({"dry_run": dry_run, "towers": len(towers), **asdict(change)})
        return
    done = ("Would add", "change") if dry_run else ("Added", "changed")
    answers.print(
        f"{done[0]} {change.added:,} towers and {done[1]} {change.changed:,}; {change.unchanged:,} are as in the file."
    )
