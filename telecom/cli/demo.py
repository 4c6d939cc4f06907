"""`telecom demo`: a whole pipeline on one machine, from a resource to published numbers, with a verdict."""

from pathlib import Path
from typing import Annotated

import typer

from telecom.cli.options import DEFAULT_FILE, DEFAULT_STATE, FileOption, StateOption, open_state
from telecom.demo.report import Report
from telecom.demo.run import run_demo
from telecom.demo.show import print_end, print_run
from telecom.demo.verdict import require_good_end
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.fetch import engines_for, fetch_engines
from telecom.pipelines.resource_file import read_resource
from telecom.terminal.console import notices, print_heading, tell


def demo(
    file: FileOption = DEFAULT_FILE,
    state: StateOption = DEFAULT_STATE,
    report: Annotated[
        Path | None, typer.Option(help="Where to write report.json; if unset, demo/report.json in the state folder.")
    ] = None,
) -> None:
    """Run a pipeline with bounded sources, account for every event and publish numbers.

    Exit code 0 only if every event is accounted for and the numbers passed their gates.
    """
    require_ready_machine()
    print_heading(notices, "Engines")
    fetch_seconds = fetch_engines(engines_for(read_resource(file)))
    directory = open_state(state)
    print_heading(notices, "Pipeline")
    run = run_demo(directory, file, tell)
    print_run(run, directory)
    written = Report.of(run, fetch_seconds)
    report_file = report or directory.root / "demo" / "report.json"
    written.write(report_file)
    require_good_end(run)
    print_end(written.seconds, report_file, directory)
